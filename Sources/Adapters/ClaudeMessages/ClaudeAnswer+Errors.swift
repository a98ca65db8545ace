import Bedrock
import DIAL
import JSON

/// Failures inside an answer that began well.
extension ClaudeAnswer {
    /// An `error` event. Source: Anthropic API reference "Errors".
    func error(_ event: JSONView) -> DIALError {
        let type = event["error"]?["type"]?.word
        let status =
            switch type {
            case "invalid_request_error": 400
            case "authentication_error": 401
            case "billing_error": 402
            case "permission_error": 403
            case "not_found_error": 404
            case "request_too_large": 413
            case "rate_limit_error": 429
            case "timeout_error": 504
            case "overloaded_error": 529
            default: 500
            }
        let error = UpstreamError(
            kind: .stream,
            status: status,
            code: type,
            message: (event["error"]?["message"] ?? event["message"])?.string ?? "",
            operation: operation.name
        )
        return DIALError(error, wording: .verbatim)
    }

    /// An `error` event that is not JSON.
    func error(text: [UInt8]) -> DIALError {
        let error = UpstreamError(
            kind: .stream,
            status: 500,
            message: String(decoding: text.prefix(4096), as: UTF8.self),
            operation: operation.name
        )
        return DIALError(error, wording: .verbatim)
    }

    /// A defect of the protocol, which is not the client's fault.
    func defect(_ reason: String) -> DIALError {
        .internalServerError("The answer of the model cannot be understood: \(reason)")
    }

    /// The connection ended well, the answer did not.
    var incomplete: DIALError {
        DIALError(
            UpstreamError(
                kind: .transport,
                status: 502,
                message: "The answer of the model ended before it was complete",
                operation: operation.name
            ),
            wording: .verbatim
        )
    }
}
