/// Why a choice ended. Source: DIAL API, `finish_reason`.
public enum FinishReason: String, Sendable, CaseIterable {
    case stop
    case length
    case toolCalls = "tool_calls"
    case functionCall = "function_call"
    case contentFilter = "content_filter"
}
