import JSON

/// A failure as the DIAL API words it: an HTTP status with the body `{"error":{…}}`.
///
/// Source: DIAL API, errors.
public struct DIALError: Error, Sendable, Equatable {
    /// HTTP status, used while the answer has not begun.
    public var status: Int
    /// For developers; always present.
    public var message: String
    /// `invalid_request_error`, `runtime_error`, `internal_server_error`, or absent.
    public var type: String?
    /// The request parameter at fault.
    public var param: String?
    /// A symbolic code, or the status as text.
    public var code: String
    /// Safe to show to the person in the chat.
    public var displayMessage: String?
    /// Extra HTTP headers, `Retry-After` for instance.
    public var headers: [Header]
    /// How the request could be put right, shown as a `Usage` stage before the failure where the answer is a stream.
    public var usageHint: String?
    /// A mistake of the person in the chat, such as a file of the wrong type: in a stream the choice is opened before it is
    /// reported, so that the person sees it and nobody fails over because of it.
    public var isUserError = false
    /// The words quote the service, the model or what the request holds, and with them prompt or answer: not for the log.
    public var isQuotation = false
    /// What the upstream calls the failure, for metrics and log; nil where it is not the upstream that failed.
    public var upstreamName: String?

    /// The same, marked as a quotation.
    public var quoting: DIALError {
        var error = self
        error.isQuotation = true
        return error
    }

    /// A field of the HTTP answer; an error event within a stream has no place for it.
    public struct Header: Sendable, Equatable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// - Parameter code: the status as text unless given.
    public init(
        status: Int,
        message: String,
        type: String? = nil,
        param: String? = nil,
        code: String? = nil,
        displayMessage: String? = nil,
        headers: [Header] = []
    ) {
        self.status = status
        self.message = Self.bounded(message)
        self.type = type
        self.param = param
        self.code = code ?? String(status)
        self.displayMessage = displayMessage.map(Self.bounded)
        self.headers = headers
    }

    /// A message may quote a value of the request, which may have megabytes.
    private static func bounded(_ text: String) -> String {
        let limit = 1024 * 1024
        return text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }
}

extension DIALError {
    /// The error object in its wire order; null members are left out.
    public var json: JSON {
        var error = JSONObject()
        error.append("message", .string(message))
        if let type { error.append("type", .string(type)) }
        if let param { error.append("param", .string(param)) }
        error.append("code", .string(code))
        if let displayMessage { error.append("display_message", .string(displayMessage)) }
        var body = JSONObject()
        body.append("error", .object(error))
        return .object(body)
    }

    /// The body of an HTTP answer, and the payload of an error event within a stream.
    public func body() -> [UInt8] {
        json.serialized()
    }
}
