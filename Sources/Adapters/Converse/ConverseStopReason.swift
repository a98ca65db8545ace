import DIAL

/// Why the model stopped. Source: AWS API reference "Converse: stopReason".
enum ConverseStopReason: Equatable {
    case finished(FinishReason?)
    case toolUse
    case guardrailIntervened
    /// A value of the future. It says nothing about the answer, which counts as complete.
    case unknown(String)
    /// The model's output made no sense to the service.
    case malformed(String)

    /// - Parameter wireValue: nil says nothing about the answer, which counts as complete.
    init(_ wireValue: String?) {
        guard let wireValue else {
            self = .finished(nil)
            return
        }
        switch wireValue.word {
        case "end_turn", "stop_sequence": self = .finished(.stop)
        case "max_tokens", "model_context_window_exceeded": self = .finished(.length)
        case "tool_use": self = .toolUse
        case "content_filtered": self = .finished(.contentFilter)
        case "guardrail_intervened": self = .guardrailIntervened
        case "malformed_model_output", "malformed_tool_use": self = .malformed(wireValue)
        default: self = .unknown(wireValue)
        }
    }
}
