import AWS
import Bedrock
import DIAL
import JSON

/// From the events of a Messages stream to DIAL deltas, over Bedrock or Anthropic's API.
///
/// Source: Anthropic API reference "Streaming Messages", AWS API reference "InvokeModelWithResponseStream".
struct ClaudeStreamTranslator: AnswerTranslator {
    private let answer: ClaudeAnswer
    private var chunk = InvokeModelChunk()
    private let document = JSONDocument()
    private var blocks: [ClaudeBlockRecord] = []
    private var presentation: ClaudePresentation
    private var usage = ClaudeUsage()
    private var stopReason: String?
    private var hasStarted = false
    private var isComplete = false
    private var usedServerTool = false

    init(_ answer: ClaudeAnswer) {
        self.answer = answer
        presentation = ClaudePresentation(documents: answer.documents)
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        defer { document.recycle() }
        do {
            try take(event, choice)
        } catch {
            // An error ends the answer.
            closeWhatIsOpen(choice)
            throw error
        }
    }

    private mutating func take(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        switch event {
        case .message(let message):
            guard message.kind == .event else {
                if let error = UpstreamError(message, operation: answer.operation) {
                    throw DIALError(error, wording: .verbatim)
                }
                return
            }
            guard message.eventName == "chunk" else { return }
            let (document, openText) = (document, openText)
            let result = chunk.withEvent(in: message.payload) { Self.read($0, document, openText) }
            guard let result else { throw answer.defect("a chunk holds no event") }
            try receive(try check(result), named: nil, choice)
        case .serverSent(let name, let data):
            // What has another name, or comes behind the end, is nothing to be understood.
            guard !isComplete, name.map(Self.isEventName) ?? true else { return }
            let result = data.withUnsafeBytes { Self.read($0, document, openText) }
            if name == "error", case .failure = result { throw answer.error(text: data) }
            try receive(try check(result), named: name, choice)
        case .whole:
            throw answer.defect("a stream was expected")
        }
    }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard isComplete else { throw answer.incomplete }
        let reason = try ClaudeStopReason.finishReason(stopReason, answer.callMode, choice)
        closeWhatIsOpen(choice)
        choice.finish(reason)
    }

    private static func isEventName(_ name: String) -> Bool { name.word.map(eventNames.contains) ?? false }

    private static let eventNames: Set = [
        "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
        "message_stop",
        "error",
    ]

    var usageSoFar: Usage? { hasStarted ? usage.total : nil }

    mutating func abort(_ choice: ChoiceOutput) { closeWhatIsOpen(choice) }

    private mutating func closeWhatIsOpen(_ choice: ChoiceOutput) {
        presentation.closeStages(choice)
        for position in blocks.indices {
            // A call without arguments says nothing at all, and clients want an object.
            guard case .toolUse(let call?) = blocks[position].kind, !blocks[position].hasInput else { continue }
            blocks[position].hasInput = true
            addArguments("{}", call: call, choice)
        }
    }

    /// The index of the block that is last and a text.
    private var openText: Int? {
        guard hasStarted, let block = blocks.last, case .text = block.kind else { return nil }
        return block.index
    }

    /// Reads an event: a piece of the open text, or else into `document`.
    private static func read(
        _ event: UnsafeRawBufferPointer,
        _ document: JSONDocument,
        _ openText: Int?
    ) -> Result<TextDelta?, JSONParseError> {
        if let openText, let delta = TextDelta(claude: event), delta.index == openText { return .success(delta) }
        return Result { () throws(JSONParseError) in
            try document.parse(mending: event)
            return nil
        }
    }

    private func check(_ result: Result<TextDelta?, JSONParseError>) throws(DIALError) -> TextDelta? {
        switch result {
        case .success(let delta): return delta
        case .failure(let error): throw answer.defect("an event is not valid JSON (\(error.reason))")
        }
    }

    /// - Parameters:
    ///   - delta: the event if it was a piece of the open text, else it is in `document`.
    ///   - name: counts where the event itself does not say what it is.
    private mutating func receive(_ delta: TextDelta?, named name: String?, _ choice: ChoiceOutput) throws(DIALError) {
        if let delta { return receiveText(delta.text, at: blocks.count - 1, choice) }
        let event = document.root
        // Whatever its data says that it is.
        if name == "error" { throw answer.error(event) }
        let type = event["type"]
        func isNamed(_ text: StaticString) -> Bool {
            if let type { type.isString(text) } else { name == text.description }
        }
        if isNamed("content_block_delta") {
            try requireStart()
            try receiveDelta(event, choice)
        } else if isNamed("content_block_start") {
            try requireStart()
            try receiveStart(event, choice)
        } else if isNamed("content_block_stop") {
            try requireStart()
            receiveStop(event, choice)
        } else if isNamed("message_start") {
            hasStarted = true
            usage.update(event["message"]?["usage"])
        } else if isNamed("message_delta") {
            try requireStart()
            try answer.checkGuardrail(event)
            usage.update(event["usage"])
            if let reason = event["delta"]?["stop_reason"]?.string { stopReason = reason }
        } else if isNamed("message_stop") {
            try requireStart()
            try answer.checkGuardrail(event)
            isComplete = true
            choice.report(usage.total)
            // Blocks are kept where a server tool was declared; one that nobody declared leaves none to tell.
            if answer.returnsState || usedServerTool && answer.keepsBlocks {
                choice.state(ClaudeState.state(of: blocks.compactMap(\.block)))
            }
        } else if isNamed("error") {
            throw answer.error(event)
        }
    }

    private func requireStart() throws(DIALError) {
        guard hasStarted else { throw answer.defect("it does not begin with message_start") }
    }
}

// Content blocks.
extension ClaudeStreamTranslator {
    private mutating func receiveStart(_ event: JSONView, _ choice: ChoiceOutput) throws(DIALError) {
        guard let block = event["content_block"], block.kind == .object else {
            throw answer.defect("a block begins without being told")
        }
        let type = block["type"]
        func isNamed(_ text: StaticString) -> Bool { type?.isString(text) == true }
        let kind: ClaudeBlockRecord.Kind
        if isNamed("text") {
            kind = .text
        } else if isNamed("thinking") {
            kind = .thinking
        } else if isNamed("tool_use") {
            kind = .toolUse(call: try openCall(block, choice))
        } else if isNamed("server_tool_use") {
            kind = .serverTool
            usedServerTool = true
        } else if isNamed("web_search_tool_result") {
            kind = .searchResult
            usedServerTool = true
        } else if let name = type?.word, ClaudeState.isKnown(type: name) {
            kind = .other
        } else {
            kind = .unknown
        }
        let members = answer.keepsBlocks ? block.tree.objectValue : nil
        blocks.append(ClaudeBlockRecord(index: event["index"]?.int ?? blocks.count, kind: kind, members: members))
    }

    /// - Returns: nil when the client takes no more calls.
    private func openCall(_ block: JSONView, _ choice: ChoiceOutput) throws(DIALError) -> Int? {
        let name = answer.toolNames.original(of: block["name"]?.string ?? "")
        switch answer.callMode {
        case .none:
            throw ClaudeAnswer.undeclaredCall
        case .tools:
            return choice.toolCall(id: block["id"]?.string ?? "", name: name, arguments: "")
        case .functions:
            let isFirst = !blocks.contains { if case .toolUse = $0.kind { true } else { false } }
            guard isFirst else { return nil }
            choice.functionCall(name: name, arguments: "")
            return 0
        }
    }

    private mutating func receiveDelta(_ event: JSONView, _ choice: ChoiceOutput) throws(DIALError) {
        // What belongs nowhere must not be missing unnoticed: a call would go out without its arguments.
        guard let delta = event["delta"], delta.kind == .object, let position = position(of: event["index"]?.int) else {
            throw answer.defect("a piece belongs to no block")
        }
        let type = delta["type"]
        switch blocks[position].kind {
        case .text: receiveText(delta, type, at: position, choice)
        case .thinking: receiveThinking(delta, type, at: position, choice)
        case .toolUse, .serverTool, .other:
            if type?.isString("input_json_delta") == true, let piece = delta["partial_json"]?.string {
                receiveInput(piece, at: position, choice)
            } else if type?.isString("compaction_delta") == true {
                blocks[position].compact(delta)
            }
        case .searchResult, .unknown: break
        }
    }

    private mutating func receiveText(_ delta: JSONView, _ type: JSONView?, at position: Int, _ choice: ChoiceOutput) {
        if type?.isString("text_delta") == true {
            if let text = delta["text"]?.string { receiveText(text, at: position, choice) }
        } else if type?.isString("citations_delta") == true {
            if let citation = delta["citation"]?.tree { blocks[position].citations.append(citation) }
        }
    }

    private mutating func receiveText(_ text: String, at position: Int, _ choice: ChoiceOutput) {
        choice.content(text)
        if answer.keepsBlocks { blocks[position].text += text }
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
            if answer.keepsBlocks { blocks[position].text += text }
        } else if type?.isString("signature_delta") == true {
            blocks[position].signature = delta["signature"]?.string
        }
    }

    private mutating func receiveInput(_ piece: String, at position: Int, _ choice: ChoiceOutput) {
        if !blocks[position].hasInput, !piece.isBlank { blocks[position].hasInput = true }
        if answer.keepsBlocks { blocks[position].input += piece }
        if case .toolUse(let call?) = blocks[position].kind { addArguments(piece, call: call, choice) }
    }

    private func addArguments(_ piece: String, call: Int, _ choice: ChoiceOutput) {
        if answer.callMode == .functions {
            choice.functionCallArguments(piece)
        } else {
            choice.toolCallArguments(call, piece)
        }
    }

    private mutating func receiveStop(_ event: JSONView, _ choice: ChoiceOutput) {
        guard let position = position(of: event["index"]?.int) else { return }
        let block = blocks[position]
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

    /// The block an event is about: nearly always the last one.
    private func position(of index: Int?) -> Int? {
        guard let index else { return blocks.indices.last }
        return blocks.lastIndex { $0.index == index }
    }
}
