import JSON

/// An error as Anthropic's API reports it: a status, and a body of type `error`.
///
/// Source: Anthropic API reference, "Errors".
struct AnthropicError: Error, Sendable, Equatable {
    var status: Int
    var type: String
    var message: String
    var headers: [SandboxHeader] = []
}

extension AnthropicError {
    static func invalid(_ message: String) -> AnthropicError {
        AnthropicError(status: 400, type: "invalid_request_error", message: message)
    }

    static func authentication(_ message: String) -> AnthropicError {
        AnthropicError(status: 401, type: "authentication_error", message: message)
    }

    static func notFound(_ message: String) -> AnthropicError {
        AnthropicError(status: 404, type: "not_found_error", message: message)
    }

    static func tooLong(_ tokens: Int, limit: Int) -> AnthropicError {
        .invalid("prompt is too long: \(tokens) tokens > \(limit) maximum")
    }

    static let overloaded = AnthropicError(status: 529, type: "overloaded_error", message: "Overloaded")

    /// The error of Anthropic's that means what an error of AWS means.
    init(_ error: AWSError) {
        switch error.status {
        case 403 where error.type == "AccessDeniedException": self.init(error, 403, "permission_error")
        case 401, 403: self.init(error, 401, "authentication_error")
        case 404: self.init(error, 404, "not_found_error")
        case 413: self.init(error, 413, "request_too_large")
        case 429: self.init(error, 429, "rate_limit_error")
        case 408: self.init(error, 504, "timeout_error")
        case 503: self = .overloaded
        case 400..<500 where error.status != 424: self.init(error, 400, "invalid_request_error")
        default: self.init(error, 500, "api_error")
        }
    }

    private init(_ error: AWSError, _ status: Int, _ type: String) {
        self.init(status: status, type: type, message: error.message, headers: error.headers)
    }

    /// What Bedrock makes of a refusal by the model.
    var bedrock: AWSError { .validation(message) }

    private var members: JSONObject {
        ["type": "error", "error": ["type": .string(type), "message": .string(message)]]
    }

    /// The data of an `error` event.
    var json: JSON { .object(members) }

    /// - Parameter requestID: as in the header `request-id`.
    func answer(requestID: String) -> SandboxAnswer {
        var body = members
        body["request_id"] = .string(requestID)
        return .json(.object(body), status: status, headers: headers)
    }
}
