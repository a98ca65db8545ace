import Bedrock
import DIAL
import JSON

/// From a whole message of the Messages API to DIAL output.
///
/// Source: Anthropic API reference "Messages: response".
struct ClaudeBlockTranslator: AnswerTranslator {
    private let answer: ClaudeAnswer
    private var presentation: ClaudePresentation
    private var calls: CallOutput
    private var usage: ClaudeUsage?
    private(set) var isComplete = false

    init(_ answer: ClaudeAnswer) {
        self.answer = answer
        presentation = ClaudePresentation(documents: answer.documents)
        calls = CallOutput(answer.callMode)
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        guard case .whole(let body, _) = event else { throw answer.defect("a whole message was expected") }
        let document = try JSONDocument(answer: body)
        let message = document.root
        if message["type"]?.isString("error") == true { throw answer.error(message) }
        usage = message["usage"].map { ClaudeUsage($0) }
        let texts = message["content"]?.elements.lazy.compactMap { $0["text"]?.string }
        try checkGuardrail(message, choice, text: texts?.joined() ?? "")
        guard let content = message["content"], content.kind == .array else { throw answer.defect("it has no content") }
        let reason = try ClaudeStopReason.finishReason(message["stop_reason"]?.string, answer.callMode, choice)
        let blocks = content.elements.compactMap { $0.tree.objectValue }
        for block in blocks { try receive(block, choice) }
        if answer.returnsState || blocks.contains(where: ClaudeState.isOfServerTool) {
            choice.state(ClaudeState.state(of: blocks))
        }
        presentation.closeStages(choice)
        choice.report((usage ?? ClaudeUsage()).total)
        choice.finish(reason)
        isComplete = true
    }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard isComplete else { throw answer.incomplete }
    }

    mutating func abort(_ choice: ChoiceOutput) {
        presentation.closeStages(choice)
    }

    var usageSoFar: Usage? { usage?.total }

    private mutating func receive(_ block: JSONObject, _ choice: ChoiceOutput) throws(DIALError) {
        switch block["type"]?.wordValue {
        case "text":
            choice.content(block["text"]?.stringValue ?? "")
            if let citations = block["citations"]?.arrayValue { presentation.cite(citations, choice) }
        case "thinking":
            // Empty where the request wants it omitted: there is the signature alone.
            if let text = block["thinking"]?.stringValue, !text.isEmpty { presentation.think(text, choice) }
        case "tool_use":
            try call(block, choice)
        case "server_tool_use":
            if block["name"] == "web_search" { presentation.search(block["input"] ?? [:], choice) }
        case "web_search_tool_result":
            presentation.searchResult(block, choice)
        default:
            break
        }
    }

    private mutating func call(_ block: JSONObject, _ choice: ChoiceOutput) throws(DIALError) {
        guard calls.mode != .none else { throw ClaudeAnswer.undeclaredCall }
        calls.open(
            id: block["id"]?.stringValue ?? "",
            name: answer.toolNames.original(of: block["name"]?.stringValue ?? ""),
            arguments: (block["input"] ?? [:]).pythonSerialized(),
            choice
        )
    }
}
