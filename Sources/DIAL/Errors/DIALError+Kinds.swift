/// The kinds of the error catalogue. Source: DIAL API, errors.
extension DIALError {
    /// The `type` of 400, 413 and 422.
    public static let invalidRequestType = "invalid_request_error"
    /// The `type` of 404, and of a 500 about what a request or an answer holds.
    private static let runtimeType = "runtime_error"
    /// The `type` of every other 500: the fault is the adapter's, its settings' or the upstream's.
    public static let internalServerType = "internal_server_error"

    /// 400: the structure of the request, its headers or its JSON.
    public static func invalidRequest(_ message: String) -> DIALError {
        DIALError(status: 400, message: message, type: invalidRequestType)
    }

    /// 422 `invalid_argument`: well formed, but not something this deployment can do.
    public static func validation(_ message: String) -> DIALError {
        DIALError(status: 422, message: message, type: invalidRequestType, code: "invalid_argument")
    }

    /// 422 `invalid_argument` caused by the person in the chat, who is shown the message and, in a stream, the hint.
    public static func userError(_ message: String, usageHint: String? = nil) -> DIALError {
        var error = validation(message)
        error.displayMessage = error.message
        error.usageHint = usageHint
        error.isUserError = true
        return error
    }

    /// 422 with the status as its code: a configuration that does not fit, more choices than can be had.
    static func unprocessable(_ message: String) -> DIALError {
        DIALError(status: 422, message: message, type: invalidRequestType)
    }

    /// 422: a violation of the deployment's configuration schema.
    /// - Parameter path: relative to the configuration, joined with dots; empty for the configuration itself.
    public static func invalidConfiguration(path: String, _ text: String) -> DIALError {
        let place = path.isEmpty ? "custom_fields.configuration" : "custom_fields.configuration.\(path)"
        return unprocessable("Invalid request. Path: '\(place)', error: \(text)")
    }

    /// 422: a member of the deployment's configuration that is none of the permitted words.
    /// - Parameter path: of the member, as in ``invalidConfiguration(path:_:)``.
    public static func invalidConfiguration(path: String, permitted: [String]) -> DIALError {
        let literal = permitted.map { "'\($0)'" }.joined(separator: ",")
        return invalidConfiguration(path: "\(path).literal[\(literal)]", expectation(of: permitted))
    }

    /// What a value should have been, in pydantic's words.
    static func expectation(of permitted: [String]) -> String {
        let quoted = permitted.map { "'\($0)'" }
        guard let last = quoted.last, quoted.count > 1 else { return "Input should be \(quoted.joined())" }
        return "Input should be \(quoted.dropLast().joined(separator: ", ")) or \(last)"
    }

    /// The `code` of what a guardrail blocked.
    public static let contentFilterCode = "content_filter"

    /// 400 `content_filter`: the prompt or the answer was blocked.
    public static func contentFilter(_ message: String) -> DIALError {
        DIALError(status: 400, message: message, type: invalidRequestType, code: contentFilterCode).quoting
    }

    /// 400 `truncate_prompt_error`: what must be kept exceeds `max_prompt_tokens`; both counts in tokens.
    public static func truncatePromptLastMessage(maximum: Int, actual: Int) -> DIALError {
        let message =
            "The requested maximum prompt tokens is \(maximum). "
            + "However, the system messages and the last user message resulted in \(actual) tokens. "
            + "Please reduce the length of the messages or increase the maximum prompt tokens."
        return DIALError(
            status: 400,
            message: message,
            type: invalidRequestType,
            param: "max_prompt_tokens",
            code: "truncate_prompt_error",
            displayMessage: message
        )
    }

    /// 404 `DeploymentNotFound`.
    public static func deploymentNotFound(_ message: String) -> DIALError {
        DIALError(status: 404, message: message, type: runtimeType, code: "DeploymentNotFound")
    }

    /// 404: the deployment exists and does not offer the endpoint.
    public static var notImplemented: DIALError {
        DIALError(status: 404, message: "The endpoint is not implemented", type: runtimeType)
    }

    /// 404: a path that is OpenAI's at best.
    public static var notOfOpenAI: DIALError {
        DIALError(
            status: 404,
            message: "Of OpenAI's API only chat/completions, embeddings and models are here; "
                + "what is made for its Responses API has to be set to chat completions",
            type: invalidRequestType
        )
    }

    /// 500 with the text of what went wrong.
    public static func internalServerError(_ message: String) -> DIALError {
        DIALError(status: 500, message: message, type: internalServerType)
    }

    /// 500 about what a request or an answer holds.
    public static func runtimeError(_ message: String) -> DIALError {
        DIALError(status: 500, message: message, type: runtimeType)
    }

    /// 500 of an answer that ended without all of its choices.
    public static var processingFailed: DIALError {
        runtimeError("Error during processing the request")
    }

    /// 499: the client left, and nobody reads this.
    public static var cancelled: DIALError {
        upstream(status: 499, message: "The call was cancelled")
    }

    /// 400: the header that authenticates a request is absent.
    public static var apiKeyRequired: DIALError {
        invalidRequest("Api-Key header is required")
    }

    /// A failure of the upstream with its true status: 400 and 422 are invalid requests, 500 an internal server error,
    /// others name no type.
    public static func upstream(status: Int, message: String, headers: [Header] = []) -> DIALError {
        let type: String? =
            switch status {
            case 400, 422: invalidRequestType
            case 500: internalServerType
            default: nil
            }
        return DIALError(status: status, message: message, type: type, headers: headers)
    }
}
