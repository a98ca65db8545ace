import AWS
import Bedrock
import DIAL
import JSON

/// From the events of a Messages stream to DIAL deltas, over Bedrock or Anthropic's API.
///
/// Source: Anthropic API reference "Streaming Messages", AWS API reference "InvokeModelWithResponseStream".
struct ClaudeStreamTranslator: AnswerTranslator {
    private let answer: ClaudeAnswer
    private var chunks = InvokeModelChunkDecoder()
    private let document = JSONDocument()
    private var blocks: ClaudeStreamedBlocks
    private var usage = ClaudeUsage()
    private var stopReason: String?
    private var hasStarted = false
    private(set) var isComplete = false

    init(_ answer: ClaudeAnswer) {
        self.answer = answer
        blocks = ClaudeStreamedBlocks(answer)
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        // What comes behind the end is nothing to be understood.
        guard !isComplete else { return }
        defer { document.recycle() }
        switch event {
        case .message(let message):
            guard message.kind == .event else {
                if let error = UpstreamError(message, operation: answer.operation) {
                    throw DIALError(error, wording: .verbatim)
                }
                return
            }
            guard message.eventName == "chunk" else { return }
            let (document, openText) = (document, blocks.openText)
            let result = chunks.withEvent(in: message.payload) { Self.read($0, document, openText) }
            guard let result else { throw answer.defect("a chunk holds no event") }
            try receive(try check(result), named: nil, choice)
        case .serverSent(let name, let data):
            guard name.map(Self.isEventName) ?? true else { return }
            let result = data.withUnsafeBytes { Self.read($0, document, blocks.openText) }
            if name == "error", case .failure = result { throw answer.error(text: data) }
            try receive(try check(result), named: name, choice)
        case .whole:
            throw answer.defect("a stream was expected")
        }
    }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard isComplete else { throw answer.incomplete }
        let reason = try ClaudeStopReason.finishReason(stopReason, answer.callMode, choice)
        blocks.close(choice)
        choice.finish(reason)
    }

    private static func isEventName(_ name: String) -> Bool { name.word.map(eventNames.contains) ?? false }

    private static let eventNames: Set = [
        "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
        "message_stop",
        "error",
    ]

    var usageSoFar: Usage? { hasStarted ? usage.total : nil }

    mutating func abort(_ choice: ChoiceOutput) { blocks.close(choice) }

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
        if let delta { return blocks.receive(delta, choice) }
        let event = document.root
        // Whatever its data says that it is.
        if name == "error" { throw answer.error(event) }
        try checkGuardrail(event, choice)
        let type = event["type"]
        func isNamed(_ text: StaticString) -> Bool {
            if let type { type.isString(text) } else { name == text.description }
        }
        if isNamed("content_block_delta") {
            try requireStart()
            try blocks.receive(event, choice)
        } else if isNamed("content_block_start") {
            try requireStart()
            try blocks.start(event, choice)
        } else if isNamed("content_block_stop") {
            try requireStart()
            blocks.stop(event, choice)
        } else if isNamed("message_start") {
            hasStarted = true
            usage.update(event["message"]?["usage"])
        } else if isNamed("message_delta") {
            try requireStart()
            usage.update(event["usage"])
            if let reason = event["delta"]?["stop_reason"]?.string { stopReason = reason }
        } else if isNamed("message_stop") {
            try requireStart()
            isComplete = true
            choice.report(usage.total)
            if let state = blocks.state { choice.state(state) }
        } else if isNamed("error") {
            throw answer.error(event)
        }
    }

    private func requireStart() throws(DIALError) {
        guard hasStarted else { throw answer.defect("it does not begin with message_start") }
    }
}
