import AWS
import Bedrock
import Catalog
import DIAL

extension DIALError {
    /// What a client is told about an upstream failure: the true status, so that DIAL Core can fail over, and AWS's words.
    ///
    /// Source: DIAL API "Bedrock errors to HTTP", AWS API reference "Converse: Errors".
    /// - Parameter modelID: what was called, for the remedy of models that can be called by an inference profile only.
    public init(_ error: UpstreamError, wording: UpstreamErrorWording = .operation, modelID: String? = nil) {
        let text =
            wording == .operation ? error.text : (error.message.isEmpty ? "Error code: \(error.status)" : error.message)
        // Its own words come first; behind them it may quote megabytes.
        let said = String(decoding: error.message.utf8.prefix(16_384), as: UTF8.self)
        var status = error.status
        var param: String?
        var code = String(error.status)
        var message = text
        var displayMessage: String?
        if (300..<400).contains(status) {
            // A redirect is nothing that a client of ours could follow, and another upstream may do.
            message = "The model endpoint answered with a redirect (\(status)); check endpoint variables and proxies"
            (status, code) = (502, "502")
        } else if !(400..<600).contains(status) {
            // No status of HTTP's, and none that a client of ours would understand.
            (status, code) = (502, "502")
        } else if said.containsBytes(of: "One or more prompts contains filtered words") {
            (status, code, message) = (400, DIALError.contentFilterCode, error.message)
        } else if status == 404, said.containsBytes(of: Self.endOfLife) {
            (code, message, displayMessage) = ("DeploymentNotFound", error.message, Self.endOfLife)
        } else if status == 400, Self.isContextOverflow(said) {
            (code, param) = ("context_length_exceeded", "messages")
        } else if status == 400, said.containsBytes(of: "on-demand throughput"), let modelID {
            message += Self.profileHint(modelID)
        }
        if said.containsBytes(of: "invalid sequence as part of ToolUse") {
            message += " " + Self.toolUseRemedy
        } else if wording == .verbatim,
            said.containsBytes(of: "Guardrail was enabled but input is in incorrect format")
        {
            message += " " + Self.guardrailRemedy
        }
        self = .upstream(status: status, message: message)
        self.param = param
        self.code = code
        self.displayMessage = displayMessage
        isQuotation = error.kind != .transport
        upstreamName = error.code
        if let retryAfter = error.retryAfter, Self.isTime(retryAfter) {
            headers.append(Header(name: "Retry-After", value: retryAfter))
        }
        if let milliseconds = error.retryAfterMilliseconds, Self.isTime(milliseconds) {
            headers.append(Header(name: "Retry-After-Ms", value: milliseconds))
        }
    }

    /// A number or a date: nothing else that an upstream says becomes a header of ours.
    private static func isTime(_ text: String) -> Bool {
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        return isNumber && (1...16).contains(text.utf8.count) || UTCTime.unixSeconds(httpDate: text) != nil
    }

    /// Names the inference profiles of a model, if any are known.
    private static func profileHint(_ modelID: String) -> String {
        guard let deployment = Catalog().resolve(id: modelID, kind: .chat), deployment.prefix == nil else { return "" }
        let profiles = deployment.profile.knownPrefixes.map { "'\($0).\(deployment.profile.id)'" }
        return profiles.isEmpty
            ? "" : " Inference profiles of this model to use as deployment id: \(profiles.joined(separator: ", "))."
    }

    /// Source: Amazon Nova user guide "Troubleshooting tool calls".
    private static let toolUseRemedy =
        "The model fails at tool calls now and then: try again, with temperature 0 and max_tokens for the whole call."

    /// For Claude's Messages, which Converse could take. Source: AWS user guide "Use guardrails: InvokeModel".
    private static let guardrailRemedy =
        "The guardrail cannot read a request of InvokeModel: give it as guardrailConfig in custom_fields.configuration, "
        + "which sends requests of Claude by Converse."

    private static let endOfLife = "This model version has reached the end of its life"

    /// The service's ways to say that the prompt is longer than the model's context.
    private static func isContextOverflow(_ message: String) -> Bool {
        let message = message.lowercased()
        return [
            "input is too long", "prompt is too long", "too many input tokens", "expected maxlength",
            "exceed context limit", "maximum context length", "too many total text bytes",
        ].contains { message.containsBytes(of: $0) }
    }
}

extension DIALError {
    /// The stream ended before its last event: another upstream may do better.
    static var cutOff: DIALError { .upstream(status: 502, message: cutOffText) }

    /// The same of Converse, where a stream without any output is recorded as 500.
    static func cutOffConverse(hasOutput: Bool) -> DIALError {
        hasOutput ? .cutOff : .internalServerError(cutOffText)
    }

    private static let cutOffText = "The response stream ended before the message was complete"

    /// A whole answer that is not JSON: what stands between here and the model wrote it.
    static func notJSON(_ reason: String) -> DIALError {
        .upstream(status: 502, message: "The model's answer is not valid JSON: \(reason)")
    }
}
