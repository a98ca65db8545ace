import JSON

/// The answer to one chat completion request: server-sent events, or one JSON object.
///
/// Holds no I/O: what there is to send is drained by `takeBytes()`.
///
/// Sendable without a lock: one request owns it, and all tasks of a request run on one thread.
///
/// Source: DIAL API, chat completion responses.
public final class ChatResponse: @unchecked Sendable {
    // What every chunk touches stands together, in as few cache lines as may be.
    /// Server-sent events, else one JSON object at the end.
    public let isStream: Bool
    private let form: StreamForm
    private var hasEnded = false
    private var chunks: ChunkWriter
    private var choices: [ChoiceRecord] = []

    /// `n` of the request.
    public let choiceCount: Int
    /// Sent where set; to be set before the first output.
    public var model: String? {
        get { chunks.identity.model }
        set { chunks.identity.model = newValue }
    }
    /// Indices of the request's messages that were dropped; nil unless `max_prompt_tokens` was asked for.
    public var discardedMessages: [Int]?
    /// For answers that several models had a part in.
    public var usagePerModel: [ModelUsage] = []
    /// The whole answer that is not streamed, once it has ended.
    private var block: [UInt8] = []
    /// For the log: why a model stopped, where this program does not know the reason.
    public private(set) var unknownStopReason: String?

    /// One place per choice made, in the order of their making.
    private var usages: [Usage?] = []
    private var hasSentHeartbeat = false

    private struct ChoiceRecord {
        var finishReason: FinishReason?
        var message = BlockMessage()
    }

    /// How a stream ends.
    public enum StreamForm: Sendable {
        /// As the DIAL SDK writes it: the last chunk has all that there is, and no `choices` where none ends in it.
        case dial
        /// Every chunk has `choices`, as clients made for OpenAI's API demand.
        /// - Parameter usageApart: the usage stands in a chunk of its own.
        case openAI(usageApart: Bool)
    }

    /// - Parameter choices: fewer than one count as one.
    public init(
        stream: Bool,
        choices: Int = 1,
        form: StreamForm = .dial,
        id: String = UUIDVersion4.random(),
        created: Int = UnixTime.seconds()
    ) {
        isStream = stream
        self.form = form
        choiceCount = max(1, choices)
        chunks = ChunkWriter(identity: AnswerIdentity(id: id, created: created, model: nil))
    }

    /// A choice that gets its index with its first output.
    public func makeChoice() -> ChoiceOutput {
        usages.append(nil)
        return ChoiceOutput(response: self, place: usages.count - 1)
    }

    /// Some choice has been opened.
    public var hasOutput: Bool { !choices.isEmpty }

    /// A stream has begun, with the status 200: from here on a failure can only be an event in it.
    public var isStatusCommitted: Bool { isStream && (hasOutput || hasSentHeartbeat) }

    /// What is to be sent since the last call.
    public func takeBytes() -> [UInt8] {
        if isStream { return chunks.takeBytes() }
        defer { block = [] }
        return block
    }

    /// A comment that keeps the connection alive; streams only.
    public func heartbeat() {
        guard isStream, !hasEnded else { return }
        hasSentHeartbeat = true
        chunks.heartbeat()
    }

    /// Ends the answer: choices still open, the final chunk and `[DONE]`, or the whole block.
    /// - Throws: 500 when fewer than `choiceCount` choices have been opened; `fail` or an HTTP error is to follow.
    public func finish() throws(DIALError) {
        guard !hasEnded else { return }
        guard choices.count == choiceCount else { throw .processingFailed }
        for index in choices.indices where choices[index].finishReason == nil { finish(index, .stop) }
        hasEnded = true
        guard isStream else {
            block = renderedBlock()
            return
        }
        writeEnd(totalUsage)
        chunks.done()
    }

    /// Ends a stream that has begun with an error event and `[DONE]`.
    ///
    /// Without effect before that, and in block mode: the failure then is an HTTP error, and what was produced is dropped.
    public func fail(_ error: DIALError) {
        guard !hasEnded else { return }
        hasEnded = true
        guard isStatusCommitted else { return }
        // The sum for several choices says nothing before all of them have ended.
        let isWhole = choiceCount == 1 || choices.count == choiceCount && choices.allSatisfy { $0.finishReason != nil }
        let usage = isWhole ? totalUsage : nil
        if usage != nil || lastChoiceEnd != nil || !statistics.isEmpty {
            writeEnd(usage)
        }
        chunks.write(error)
        chunks.done()
    }

    /// How the last choice ended, and usage and statistics.
    private func writeEnd(_ usage: Usage?) {
        let last = choiceCount - 1
        guard case .openAI(let usageApart) = form else {
            return chunks.finish(last: last, lastChoiceEnd, usage, statistics, needsChoices: false)
        }
        guard usageApart, let reason = lastChoiceEnd else {
            return chunks.finish(last: last, lastChoiceEnd, usage, statistics, needsChoices: true)
        }
        chunks.finish(last, reason)
        guard usage != nil || !statistics.isEmpty else { return }
        chunks.finish(last: last, nil, usage, statistics, needsChoices: true)
    }

    /// The answer as one JSON object; a stream does not keep what it has sent.
    private func renderedBlock() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 768)
        writer.beginObject()
        writer.key("choices")
        writer.beginArray()
        for index in choices.indices {
            writer.beginObject()
            writer.key("index")
            writer.number(index)
            writer.key("finish_reason")
            writer.string((choices[index].finishReason ?? .stop).rawValue)
            writer.key("message")
            choices[index].message.write(to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("usage")
        if let totalUsage { totalUsage.write(to: &writer) } else { writer.null() }
        chunks.identity.write(object: "chat.completion", to: &writer)
        statistics.write(to: &writer)
        writer.endObject()
        return writer.bytes
    }
}

// What the choices call.
extension ChatResponse {
    /// - Returns: the index, or nil when the answer has ended or has all of its choices.
    func openChoice() -> Int? {
        guard !hasEnded, choices.count < choiceCount else { return nil }
        let index = choices.count
        choices.append(ChoiceRecord())
        if isStream { chunks.open(index) }
        return index
    }

    func emit(_ delta: Delta, from index: Int) {
        guard !hasEnded, choices[index].finishReason == nil else { return }
        if isStream { chunks.write(delta, of: index) } else { choices[index].message.merge(delta) }
    }

    func finish(_ index: Int, _ reason: FinishReason) {
        guard !hasEnded, choices[index].finishReason == nil else { return }
        choices[index].finishReason = reason
        // The end of the last choice waits for usage and statistics.
        if isStream, index != choiceCount - 1 { chunks.finish(index, reason) }
    }

    func report(_ usage: Usage, place: Int) {
        usages[place] = usage
    }

    func hasUsage(_ place: Int) -> Bool { usages[place] != nil }

    /// Nothing but a word gets into a log.
    func note(unknownStopReason reason: String) {
        let isWord = reason.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            default: false
            }
        }
        unknownStopReason = isWord && reason.utf8.count <= 64 ? reason : "other"
    }
}

extension ChatResponse {
    /// Why the first choice ended; nil while it has not.
    public var finishReason: FinishReason? { choices.first?.finishReason }

    /// Tokens of all choices so far; nil when none was reported.
    public var totalUsage: Usage? {
        usages.reduce(nil) { sum, usage in
            guard let sum, let usage else { return sum ?? usage }
            return sum + usage
        }
    }

    private var lastChoiceEnd: FinishReason? {
        choices.count == choiceCount ? choices[choiceCount - 1].finishReason : nil
    }

    private var statistics: AnswerStatistics {
        AnswerStatistics(usagePerModel: usagePerModel, discardedMessages: discardedMessages)
    }
}
