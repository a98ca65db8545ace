import DIAL

/// Why the model stopped. Source: AWS API reference "Converse: stopReason".
enum ConverseStopReason: Equatable {
    case finished(FinishReason?)
    case toolUse
    case guardrailIntervened
    /// The model's output made no sense to the service.
    case malformed(String)

    /// - Parameter wireValue: nil and values of the future say nothing about the answer, which counts as complete.
    init(_ wireValue: String?) {
        guard let wireValue else {
            self = .finished(nil)
            return
        }
        switch wireValue.word {
        case "max_tokens", "model_context_window_exceeded": self = .finished(.length)
        case "tool_use": self = .toolUse
        case "content_filtered": self = .finished(.contentFilter)
        case "guardrail_intervened": self = .guardrailIntervened
        case "malformed_model_output", "malformed_tool_use": self = .malformed(wireValue)
        default: self = .finished(.stop)
        }
    }
}
