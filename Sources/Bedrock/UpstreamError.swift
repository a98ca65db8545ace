/// A call that failed: refused by the service, broken off inside a stream, or never answered.
public struct UpstreamError: Error, Sendable, Hashable {
    /// How far the call came before it failed.
    public enum Kind: Sendable, Hashable {
        /// The service answered with an error status.
        case service
        /// The stream of an accepted call carried an exception or an error message.
        case stream
        /// The service could not be reached, or the answer was cut off.
        case transport
    }

    public var kind: Kind
    /// The HTTP status, or the status that stands for the failure: 502, 503, 504 for transport.
    public var status: Int
    /// The error's name, such as `ThrottlingException`; nil for transport.
    public var code: String?
    /// The service's own words, or ours for transport.
    public var message: String
    /// The answer had no body, and so no words.
    public var isBodyless = false
    /// ``UpstreamOperation/name``.
    public var operation: String
    /// The `Retry-After` and `Retry-After-Ms` headers, verbatim.
    public var retryAfter: String?
    public var retryAfterMilliseconds: String?
    /// How many times the call was sent.
    public var attempts: Int
    /// Whether all attempts allowed were used up and there was more than one.
    public var exhaustedRetries = false

    public init(
        kind: Kind = .service,
        status: Int,
        code: String? = nil,
        message: String,
        operation: String,
        retryAfter: String? = nil,
        retryAfterMilliseconds: String? = nil,
        attempts: Int = 1
    ) {
        self.kind = kind
        self.status = status
        self.code = code
        self.message = message
        self.operation = operation
        self.retryAfter = retryAfter
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.attempts = attempts
    }

    /// The call was given up by the client, who gets 499.
    public var isCancellation: Bool { kind == .transport && status == 499 }

    /// The text AWS's Python SDK makes of it, which people search for:
    /// `An error occurred (Code) when calling the Converse operation: message`.
    public var text: String {
        guard kind != .transport else { return message }
        let message = isBodyless && status >= 500 ? Self.reasonPhrase(status) : message
        let retries = exhaustedRetries && attempts > 1 ? " (reached max retries: \(attempts - 1))" : ""
        return
            "An error occurred (\(code ?? String(status))) when calling the \(operation) operation\(retries): \(message)"
    }
}
