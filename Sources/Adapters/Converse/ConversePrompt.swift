import Bedrock
import DIAL
import JSON
import Tokenization

/// A request as Converse takes it, with what truncation needs to know about it.
struct ConversePrompt: Sendable {
    /// A turn and the positions in the request's `messages` it was made of, ascending.
    struct Turn: Sendable {
        var role: ConverseMessage.Role
        var blocks: [ConverseContentBlock]
        var sources: [Int]
        /// Those of them that are results of tools.
        var resultSources: [Int] = []

        var message: ConverseMessage { ConverseMessage(role: role, content: blocks) }
    }

    var turns: [Turn]
    var system: [ConverseSystemBlock]
    var tools: ConverseToolConfiguration?
    var toolNames: ToolNames
    /// The tool that the model has to answer by, as its name is sent.
    var answerTool: String?
    var configuration = ConverseConfiguration()
    var inference = ConverseInferenceConfiguration()
    /// For the log: what was sent otherwise than asked.
    var notes: [String] = []

    var body: ConverseRequestBody {
        var body = ConverseRequestBody(messages: turns.map(\.message))
        body.system = system
        body.inference = inference
        body.tools = tools
        body.latency = configuration.latency
        body.guardrail = configuration.guardrail
        return body
    }
}

extension ConversePrompt.Turn {
    var toolUseIDs: [String] {
        blocks.compactMap { if case .toolUse(let id, _, _) = $0 { id } else { nil } }
    }

    var hasContent: Bool { blocks.contains { $0.cachePoint == nil } }

    var hasToolResult: Bool {
        blocks.contains { if case .toolResult = $0 { true } else { false } }
    }
}

/// Texts that stand where the service wants one and the client has none. The service refuses white space.
enum ConversePlaceholder {
    static let text = "."
    static let unansweredToolCall = "The tool call was not answered."
}
