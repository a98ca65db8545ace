import Bedrock
import DIAL
import JSON

/// What translating an answer needs to know of the request it answers.
struct ClaudeAnswer: Sendable {
    var callMode: CallMode
    var toolNames: ToolNames
    /// The model's blocks go to the client, who brings them back: always for models that think, else after the service
    /// ran a tool itself.
    var returnsState: Bool
    /// Blocks are kept in case the service runs a tool itself.
    var keepsBlocks: Bool
    /// Attachments behind the documents of the request, in order; nil for a document that was no attachment.
    var documents: [Attachment?] = []
    var operation: UpstreamOperation

    static let undeclaredCall = DIALError.validation(
        "A model has called a tool, but no tools were given to the model in the first place."
    )
}

/// Why the model stopped. Source: Anthropic API reference "Handling stop reasons".
enum ClaudeStopReason {
    /// - Throws: where the model called a tool and none was declared.
    static func finishReason(
        _ stopReason: String?,
        _ mode: CallMode,
        _ choice: ChoiceOutput
    ) throws(DIALError) -> FinishReason {
        switch stopReason?.word {
        case "end_turn", "stop_sequence", "pause_turn", "refusal", "compaction": return .stop
        case "max_tokens", "model_context_window_exceeded": return .length
        case "tool_use":
            guard let reason = mode.finishReason else { throw ClaudeAnswer.undeclaredCall }
            return reason
        default:
            if let stopReason { choice.note(unknownStopReason: stopReason) }
            return .stop
        }
    }
}

/// Tokens of an answer, as they become known. Source: Anthropic API reference "Messages: usage".
struct ClaudeUsage {
    private var input = 0
    private var output = 0
    private var cacheWritten = 0
    private var cacheRead = 0
    private var thinking = 0

    init(_ usage: JSONView? = nil) {
        update(usage)
    }

    /// Numbers of a later event are totals and replace the earlier ones.
    mutating func update(_ usage: JSONView?) {
        guard let usage else { return }
        if let count = usage["input_tokens"]?.int { input = count }
        if let count = usage["output_tokens"]?.int { output = count }
        if let count = usage["cache_creation_input_tokens"]?.int { cacheWritten = count }
        if let count = usage["cache_read_input_tokens"]?.int { cacheRead = count }
        if let count = usage["output_tokens_details"]?["thinking_tokens"]?.int { thinking = count }
    }

    var total: Usage {
        Usage(
            promptTokens: input.addingWithoutOverflow(cacheRead).addingWithoutOverflow(cacheWritten),
            completionTokens: output,
            cachedTokens: cacheRead,
            cacheWriteTokens: cacheWritten,
            reasoningTokens: thinking
        )
    }
}
