import Glibc

/// What a request asks for. Source: DIAL API, "Routes".
enum Route: Sendable, Equatable {
    case deployment(id: String, Endpoint)
    /// `/openai/v1/…`: the deployment id is in the headers.
    case headerDeployment(Endpoint)
    case models
    /// The same as clients made for OpenAI's API expect it.
    case openAIModels
    case openAIModel(id: String)
    case health
    case ready
    case docs
    case openAPI
    case notFound
    case methodNotAllowed(allow: String)
    /// Trailing slashes; the path without them.
    case redirect(path: String)

    /// - Parameters:
    ///   - target: path and query as the client spelt them.
    init(method: String, target: String) {
        var target = target
        self = target.withUTF8 { target in
            Route(method: method, path: target.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        }
    }

    private init(method: String, path: Bytes) {
        guard path.contains(UInt8(ascii: "%")) else {
            self.init(method: method, decoded: path, spelling: path)
            return
        }
        guard let decoded = Self.percentDecoded(path) else {
            self = .notFound
            return
        }
        self = decoded.withUnsafeBufferPointer { Route(method: method, decoded: $0[...], spelling: path) }
    }

    private init(method: String, decoded path: Bytes, spelling: Bytes) {
        if path.count > 1, path.last == UInt8(ascii: "/") {
            var (path, spelling) = (path, spelling)
            while path.last == UInt8(ascii: "/") {
                path = path.dropLast()
                spelling = spelling.dropLast(spelling.last == UInt8(ascii: "/") ? 1 : "%2F".utf8.count)
            }
            self = Self.match(path) == nil ? .notFound : .redirect(path: String(decoding: spelling, as: UTF8.self))
            return
        }
        guard let (route, allowed) = Self.match(path) else {
            self = .notFound
            return
        }
        self = allowed.contains(method) ? route : .methodNotAllowed(allow: allowed[0])
    }

    /// The route as telemetry names it: the same for all deployments, empty for what is no route.
    var pattern: String {
        switch self {
        case .deployment(_, let endpoint): "/openai/deployments/{deployment_id}/\(endpoint.rawValue)"
        case .headerDeployment(let endpoint): "/openai/v1/\(endpoint.rawValue)"
        case .models: "/openai/models"
        case .openAIModels: "/openai/v1/models"
        case .openAIModel: "/openai/v1/models/{model}"
        case .health: "/health"
        case .ready: "/ready"
        case .docs: "/docs"
        case .openAPI: "/openapi.json"
        case .notFound, .methodNotAllowed, .redirect: ""
        }
    }

    private static func match(_ path: Bytes) -> (Route, methods: [String])? {
        if let rest = path.removing(prefix: "/openai/deployments/") { return matchDeployment(rest) }
        if path.equals("/openai/models") { return (.models, ["GET"]) }
        if path.equals("/openai/v1/models") { return (.openAIModels, ["GET"]) }
        if let rest = path.removing(prefix: "/openai/v1/models/") {
            return id(rest).map { (.openAIModel(id: $0), ["GET"]) }
        }
        if let rest = path.removing(prefix: "/openai/v1/") {
            // By bytes: a comparison of characters may take long.
            guard let endpoint = Endpoint.allCases.first(where: { rest.elementsEqual($0.rawValue.utf8) }) else {
                return nil
            }
            return (.headerDeployment(endpoint), [endpoint.method])
        }
        if path.equals("/health") { return (.health, ["GET", "HEAD"]) }
        if path.equals("/ready") { return (.ready, ["GET", "HEAD"]) }
        if path.equals("/docs") || path.equals("/redoc") { return (.docs, ["GET", "HEAD"]) }
        if path.equals("/openapi.json") { return (.openAPI, ["GET", "HEAD"]) }
        return nil
    }

    /// - Parameter path: an id, a slash and an endpoint. Everything before the endpoint is the id: some proxies decode the
    ///   %2F of an ARN.
    private static func matchDeployment(_ path: Bytes) -> (Route, methods: [String])? {
        for endpoint in Endpoint.allCases {
            guard let rest = path.removing(suffix: endpoint.rawValue), rest.last == UInt8(ascii: "/") else { continue }
            return id(rest.dropLast()).map { (.deployment(id: $0, endpoint), [endpoint.method]) }
        }
        return nil
    }

    /// Nil for malformed escapes.
    private static func percentDecoded(_ spelling: Bytes) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = spelling
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
        return bytes
    }

    /// Bytes of the longest id of a deployment.
    static let longestID = 2048

    /// Nil for bad UTF-8, control characters and nothing at all.
    private static func id(_ bytes: Bytes) -> String? {
        guard (1...longestID).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: UnsafeBufferPointer(rebasing: bytes), as: UTF8.self)
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

private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

extension Bytes {
    fileprivate func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && removing(prefix: text) != nil
    }

    /// What follows the prefix; nil without it.
    fileprivate func removing(prefix: StaticString) -> Self? {
        let length = prefix.utf8CodeUnitCount
        guard count >= length, let start = base.baseAddress, memcmp(start + startIndex, prefix.utf8Start, length) == 0
        else { return nil }
        return dropFirst(length)
    }

    /// What precedes the suffix; nil without it.
    fileprivate func removing(suffix: String) -> Self? {
        let rest = dropLast(suffix.utf8.count)
        return self[rest.endIndex...].elementsEqual(suffix.utf8) ? rest : nil
    }
}
