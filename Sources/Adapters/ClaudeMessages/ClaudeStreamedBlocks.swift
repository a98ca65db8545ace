import Bedrock
import DIAL
import JSON

/// The content blocks of a streamed answer: what the client gets of them, and what has to come back.
struct ClaudeStreamedBlocks {
    private let answer: ClaudeAnswer
    private var records: [ClaudeBlockRecord] = []
    /// By index, where each block stands in `records`.
    private var positions: [Int: Int] = [:]
    private var presentation: ClaudePresentation
    private var calls: CallOutput

    init(_ answer: ClaudeAnswer) {
        self.answer = answer
        presentation = ClaudePresentation(documents: answer.documents)
        calls = CallOutput(answer.callMode)
    }

    /// The index of the block that is last and a text.
    var openText: Int? {
        guard let record = records.last, case .text = record.kind else { return nil }
        return record.index
    }

    /// Nil where nothing has to come back.
    var state: JSONObject? {
        // Blocks are kept where a server tool was declared; one that nobody declared leaves none to tell.
        guard answer.returnsState || answer.keepsBlocks && usesServerTool else { return nil }
        return ClaudeState.state(of: records.compactMap(\.block))
    }

    private var usesServerTool: Bool {
        records.contains { record in
            switch record.kind {
            case .serverTool, .searchResult: true
            case .text, .thinking, .toolUse, .other, .unknown: false
            }
        }
    }

    /// The answer ends, well or not.
    mutating func close(_ choice: ChoiceOutput) {
        presentation.closeStages(choice)
        calls.complete(choice)
    }

    /// A piece of the open text.
    mutating func receive(_ delta: TextDelta, _ choice: ChoiceOutput) {
        receiveText(delta.text, at: records.count - 1, choice)
    }

    mutating func start(_ event: JSONView, _ choice: ChoiceOutput) throws(DIALError) {
        guard let block = event["content_block"], block.kind == .object else {
            throw answer.defect("a block begins without being told")
        }
        let kind: ClaudeBlockRecord.Kind =
            switch block["type"]?.word {
            case "text": .text
            case "thinking": .thinking
            case "tool_use": .toolUse(call: try openCall(block, choice))
            case "server_tool_use": .serverTool
            case "web_search_tool_result": .searchResult
            case let type? where ClaudeState.isKnown(type: type): .other
            default: .unknown
            }
        let members = answer.keepsBlocks ? block.tree.objectValue : nil
        let index = event["index"]?.int ?? records.count
        positions[index] = records.count
        records.append(ClaudeBlockRecord(index: index, kind: kind, members: members))
    }

    /// - Returns: nil when the client takes no more calls.
    private mutating func openCall(_ block: JSONView, _ choice: ChoiceOutput) throws(DIALError) -> Int? {
        guard calls.mode != .none else { throw ClaudeAnswer.undeclaredCall }
        let name = answer.toolNames.original(of: block["name"]?.string ?? "")
        return calls.open(id: block["id"]?.string ?? "", name: name, choice)
    }

    /// A piece of a block.
    mutating func receive(_ event: JSONView, _ choice: ChoiceOutput) throws(DIALError) {
        // What belongs nowhere must not be missing unnoticed: a call would go out without its arguments.
        guard let delta = event["delta"], delta.kind == .object, let position = position(of: event["index"]?.int) else {
            throw answer.defect("a piece belongs to no block")
        }
        let type = delta["type"]
        switch records[position].kind {
        case .text: receiveText(delta, type, at: position, choice)
        case .thinking: receiveThinking(delta, type, at: position, choice)
        case .toolUse, .serverTool, .other:
            if type?.isString("input_json_delta") == true, let piece = delta["partial_json"]?.string {
                receiveInput(piece, at: position, choice)
            } else if type?.isString("compaction_delta") == true {
                records[position].compact(delta)
            }
        case .searchResult, .unknown: break
        }
    }

    private mutating func receiveText(_ delta: JSONView, _ type: JSONView?, at position: Int, _ choice: ChoiceOutput) {
        if type?.isString("text_delta") == true {
            if let text = delta["text"]?.string { receiveText(text, at: position, choice) }
        } else if type?.isString("citations_delta") == true {
            if let citation = delta["citation"]?.tree { records[position].citations.append(citation) }
        }
    }

    private mutating func receiveText(_ text: String, at position: Int, _ choice: ChoiceOutput) {
        choice.content(text)
        if answer.keepsBlocks { records[position].text += text }
    }

    private mutating func receiveThinking(
        _ delta: JSONView,
        _ type: JSONView?,
        at position: Int,
        _ choice: ChoiceOutput
    ) {
        if type?.isString("thinking_delta") == true {
            guard let text = delta["thinking"]?.string else { return }
            presentation.think(text, choice)
            if answer.keepsBlocks { records[position].text += text }
        } else if type?.isString("signature_delta") == true {
            records[position].signature = delta["signature"]?.string
        }
    }

    private mutating func receiveInput(_ piece: String, at position: Int, _ choice: ChoiceOutput) {
        if !records[position].hasInput, !piece.isBlank { records[position].hasInput = true }
        if answer.keepsBlocks { records[position].input += piece }
        if case .toolUse(let call?) = records[position].kind { calls.append(piece, to: call, choice) }
    }

    mutating func stop(_ event: JSONView, _ choice: ChoiceOutput) {
        guard let position = position(of: event["index"]?.int), !records[position].hasEnded else { return }
        records[position].hasEnded = true
        let block = records[position]
        switch block.kind {
        case .text:
            if !block.citations.isEmpty { presentation.cite(block.citations, choice) }
        case .serverTool:
            if block.members?["name"] == "web_search" { presentation.search(block.inputValue, choice) }
        case .searchResult:
            if let members = block.members { presentation.searchResult(members, choice) }
        case .thinking, .toolUse, .other, .unknown:
            break
        }
    }

    /// The block an event is about; the last one where it does not say.
    private func position(of index: Int?) -> Int? {
        index.map { positions[$0] } ?? records.indices.last
    }
}
