/// One request as the web server passed it on. Used by the task that answers it.
public final class FastCGIRequest: @unchecked Sendable {
    /// To be let go of when they were read: an answer may stream for minutes.
    public var parameters: RequestParameters
    /// Whole, as the web server passed it on.
    public var body: [UInt8]
    /// What is wrong with `body`, which is empty then or incomplete.
    public let bodyFault: BodyFault?

    public init(parameters: RequestParameters, body: [UInt8], bodyFault: BodyFault? = nil) {
        self.parameters = parameters
        self.body = body
        self.bodyFault = bodyFault
    }

    /// As the client spelt it; empty when the web server did not say.
    public var method: String { parameters["REQUEST_METHOD"] ?? "" }

    /// Path and query as the client spelt them. `REQUEST_URI` is raw; the other variables were decoded by the server.
    public var target: String {
        if let raw = parameters["REQUEST_URI"], !raw.isEmpty { return raw }
        let path = (parameters["SCRIPT_NAME"] ?? "") + (parameters["PATH_INFO"] ?? "")
        guard let query = parameters["QUERY_STRING"], !query.isEmpty else { return path }
        return path + "?" + query
    }

    /// The first request header of that name, which is compared without regard to case.
    public func header(_ name: StaticString) -> String? {
        parameters.header(name)
    }

    /// All request headers, names in lower case with hyphens.
    public var headers: [(name: String, value: String)] {
        let pairs = parameters.pairs
        var headers = pairs.compactMap { name, value -> (name: String, value: String)? in
            guard name.hasPrefix("HTTP_") else { return nil }
            return (String(name.dropFirst(5)).lowercased().replacingUnderscores, value)
        }
        // A web server need not repeat these two as headers.
        for (parameter, name) in [("CONTENT_TYPE", "content-type"), ("CONTENT_LENGTH", "content-length")] {
            guard !headers.contains(where: { $0.name == name }) else { continue }
            if let value = pairs.first(where: { $0.name == parameter })?.value, !value.isEmpty {
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
