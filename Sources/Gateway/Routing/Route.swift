/// The endpoints of one deployment.
public enum Endpoint: String, Sendable, CaseIterable {
    case chatCompletions = "chat/completions"
    case embeddings = "embeddings"
    case tokenize = "tokenize"
    case truncatePrompt = "truncate_prompt"
    case configuration = "configuration"
    case rate = "rate"

    var method: String { self == .configuration ? "GET" : "POST" }

    static let segments = allCases.map { ($0, $0.rawValue.split(separator: "/")) }
}

extension Endpoint {
    // Whole literals: they cost nothing per request.
    fileprivate var deploymentPattern: String {
        switch self {
        case .chatCompletions: "/openai/deployments/{deployment_id}/chat/completions"
        case .embeddings: "/openai/deployments/{deployment_id}/embeddings"
        case .tokenize: "/openai/deployments/{deployment_id}/tokenize"
        case .truncatePrompt: "/openai/deployments/{deployment_id}/truncate_prompt"
        case .configuration: "/openai/deployments/{deployment_id}/configuration"
        case .rate: "/openai/deployments/{deployment_id}/rate"
        }
    }

    fileprivate var headerPattern: String {
        switch self {
        case .chatCompletions: "/openai/v1/chat/completions"
        case .embeddings: "/openai/v1/embeddings"
        case .tokenize: "/openai/v1/tokenize"
        case .truncatePrompt: "/openai/v1/truncate_prompt"
        case .configuration: "/openai/v1/configuration"
        case .rate: "/openai/v1/rate"
        }
    }
}

/// What a request asks for. Source: DIAL API, "Routes".
public enum Route: Sendable, Equatable {
    case deployment(id: String, Endpoint)
    /// `/openai/v1/…`: the deployment id is in the headers.
    case headerDeployment(Endpoint)
    case models
    case health
    case ready
    case docs
    case openAPI
    case notFound
    case methodNotAllowed(allow: String)
    /// A trailing slash; the path without it.
    case redirect(path: String)

    /// - Parameters:
    ///   - target: path and query as the client spelt them.
    public init(method: String, target: String) {
        let path = Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        guard path.utf8.first == UInt8(ascii: "/") else {
            self = .notFound
            return
        }
        let segments = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        if segments.count > 1, segments.last == "" {
            let known = Self.match(segments.dropLast())
            self = known == nil ? .notFound : .redirect(path: String(path.dropLast()))
            return
        }
        guard let (route, allowed) = Self.match(segments) else {
            self = .notFound
            return
        }
        self = allowed.contains(method) ? route : .methodNotAllowed(allow: allowed[0])
    }

    /// The route as telemetry names it: the same for all deployments, empty for what is no route.
    var pattern: String {
        switch self {
        case .deployment(_, let endpoint): endpoint.deploymentPattern
        case .headerDeployment(let endpoint): endpoint.headerPattern
        case .models: "/openai/models"
        case .health: "/health"
        case .ready: "/ready"
        case .docs: "/docs"
        case .openAPI: "/openapi.json"
        case .notFound, .methodNotAllowed, .redirect: ""
        }
    }

    private static func match(_ segments: [Substring]) -> (Route, methods: [String])? {
        switch segments {
        case ["health"]: return (.health, ["GET", "HEAD"])
        case ["ready"]: return (.ready, ["GET", "HEAD"])
        case ["docs"]: return (.docs, ["GET", "HEAD"])
        case ["openapi.json"]: return (.openAPI, ["GET", "HEAD"])
        case ["openai", "models"]: return (.models, ["GET"])
        default: break
        }
        guard segments.count >= 3, segments[0] == "openai" else { return nil }
        if segments[1] == "v1" {
            guard let endpoint = Endpoint(rawValue: segments[2...].joined(separator: "/")) else { return nil }
            return (.headerDeployment(endpoint), [endpoint.method])
        }
        guard segments[1] == "deployments" else { return nil }
        for (endpoint, parts) in Endpoint.segments where segments.count > 2 + parts.count {
            guard segments.suffix(parts.count).elementsEqual(parts) else { continue }
            // Everything between is the id: some proxies decode the %2F of an ARN.
            let spelling = segments[2..<(segments.count - parts.count)]
            guard let id = decodeID(spelling.count == 1 ? String(spelling[2]) : spelling.joined(separator: "/")) else {
                return nil
            }
            return (.deployment(id: id, endpoint), [endpoint.method])
        }
        return nil
    }

    /// Percent-decodes once; nil for malformed escapes, bad UTF-8, control characters and nothing at all.
    static func decodeID(_ spelling: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(spelling.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        guard let id = String(validating: bytes, as: UTF8.self), !id.isEmpty, id.utf8.count <= 2048,
            id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return id
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
