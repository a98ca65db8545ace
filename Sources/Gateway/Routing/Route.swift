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

    private static func match(_ segments: [Substring]) -> (Route, methods: [String])? {
        switch segments {
        case ["health"]: return (.health, ["GET"])
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
