/// One request as the web server passed it on.
public struct FastCGIRequest: Sendable {
    /// CGI variables and request headers, in the order they came; nginx repeats a name for a repeated header.
    public let parameters: [(name: String, value: String)]
    public var body: [UInt8]
    /// The body was over the limit; `body` is empty then.
    public let bodyIsTooLarge: Bool

    public init(parameters: [(name: String, value: String)], body: [UInt8], bodyIsTooLarge: Bool = false) {
        self.parameters = parameters
        self.body = body
        self.bodyIsTooLarge = bodyIsTooLarge
    }

    /// The first parameter of that exact name.
    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    public var method: String { parameter("REQUEST_METHOD") ?? "" }

    /// Path and query as the client spelt them. `REQUEST_URI` is raw; the other variables were decoded by the server.
    public var target: String {
        if let raw = parameter("REQUEST_URI"), !raw.isEmpty { return raw }
        let path = (parameter("SCRIPT_NAME") ?? "") + (parameter("PATH_INFO") ?? "")
        guard let query = parameter("QUERY_STRING"), !query.isEmpty else { return path }
        return path + "?" + query
    }

    /// The first request header of that name, which is compared without regard to case.
    public func header(_ name: StaticString) -> String? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return parameters.first { parameter in
            let bytes = parameter.name.utf8
            guard bytes.count == wanted.count + 5, bytes.starts(with: "HTTP_".utf8) else { return false }
            return bytes.dropFirst(5).elementsEqual(wanted) { $0 == Self.parameterByte($1) }
        }?.value
    }

    /// How CGI spells a byte of a header's name.
    private static func parameterByte(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x61...0x7A: byte - 0x20
        case UInt8(ascii: "-"): UInt8(ascii: "_")
        default: byte
        }
    }

    /// All request headers, names in lower case with hyphens.
    public var headers: [(name: String, value: String)] {
        var headers = parameters.compactMap { name, value -> (name: String, value: String)? in
            guard name.hasPrefix("HTTP_") else { return nil }
            return (String(name.dropFirst(5)).lowercased().replacingUnderscores, value)
        }
        // A web server need not repeat these two as headers.
        for (parameter, name) in [("CONTENT_TYPE", "content-type"), ("CONTENT_LENGTH", "content-length")] {
            if !headers.contains(where: { $0.name == name }), let value = self.parameter(parameter), !value.isEmpty {
                headers.append((name, value))
            }
        }
        return headers
    }
}

extension String {
    fileprivate var replacingUnderscores: String {
        String(decoding: utf8.map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self)
    }
}
