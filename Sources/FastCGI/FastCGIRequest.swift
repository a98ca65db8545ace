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
    public func header(_ name: String) -> String? {
        parameter(Self.parameterName(ofHeader: name))
    }

    static func parameterName(ofHeader name: String) -> String {
        var result = "HTTP_"
        for byte in name.utf8 {
            let upper = byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte == 0x2D ? 0x5F : byte
            result.unicodeScalars.append(Unicode.Scalar(upper))
        }
        return result
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
