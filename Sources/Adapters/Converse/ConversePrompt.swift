import Bedrock
import Catalog
import DIAL
import JSON
import Tokenization

/// A request as Converse takes it, with what truncation needs to know about it.
struct ConversePrompt: TruncatablePrompt, Sendable {
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
    let profile: ModelProfile
    var inference = ConverseInferenceConfiguration()
    /// The form that the model has to answer in.
    var textFormat: ConverseTextFormat?
    /// Where the answer is cut here: the model knows no stop sequences.
    var stops: [String] = []
    /// What the model knows beyond Converse.
    var additionalFields = JSONObject()
    /// For the log: what was sent otherwise than asked.
    var notes: [String] = []

    var body: ConverseRequestBody {
        var body = ConverseRequestBody(messages: turns.map(\.message))
        body.system = system
        body.inference = inference
        body.tools = tools
        body.additionalFields = additionalFields
        body.textFormat = textFormat
        body.latency = configuration.latency
        body.guardrail = configuration.guardrail
        return body
    }
}

extension ConversePrompt.Turn: ToolTurn {
    var isAssistant: Bool { role == .assistant }
    var hasContent: Bool { blocks.contains { $0.cachePoint == nil } }

    static func user(_ blocks: [ConverseContentBlock]) -> Self { Self(role: .user, blocks: blocks, sources: []) }
}

extension ConverseContentBlock: ToolBlock {
    var toolUseID: String? {
        if case .toolUse(let id, _, _) = self { id } else { nil }
    }

    var answeredToolUseID: String? {
        if case .toolResult(let result) = self { result.toolUseID } else { nil }
    }

    static func failedResult(ofCall id: String, _ text: String) -> Self {
        .toolResult(ConverseToolResult(toolUseID: id, content: .text(text), isError: true))
    }

    mutating func rename(call id: String) {
        switch self {
        case .toolUse(_, let name, let input): self = .toolUse(id: id, name: name, input: input)
        case .toolResult(var result):
            result.toolUseID = id
            self = .toolResult(result)
        case .text, .image, .document, .cachePoint: return
        }
    }
}
