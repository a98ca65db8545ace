import JSON

/// Writes the chunks of a streamed answer as server-sent events. Source: DIAL API, chat completion responses.
struct ChunkWriter {
    private var writer = JSONWriter()
    /// From `usage` to the end of an event without usage, rendered once.
    private var tail: [UInt8] = []
    /// The same in every chunk.
    var identity: AnswerIdentity {
        didSet { tail.removeAll() }
    }

    init(identity: AnswerIdentity) {
        self.identity = identity
    }

    /// What was written since the last call.
    mutating func takeBytes() -> [UInt8] { LineSeparators.escaping(writer.take()) }

    /// A comment that keeps the connection alive.
    mutating func heartbeat() { append(": heartbeat\n\n") }

    /// A choice begins.
    mutating func open(_ index: Int) {
        appendHead(of: index)
        append(#"{"role":"assistant"}"#)
        appendTail()
    }

    mutating func write(_ delta: Delta, of index: Int) {
        if case .content(let text) = delta { return write(text: text, of: index) }
        appendHead(of: index)
        delta.write(to: &writer)
        appendTail()
    }

    /// The way of nearly all chunks.
    private mutating func write(text: String, of index: Int) {
        // Room for all that is not text, and for a few escapes.
        if writer.bytes.isEmpty { writer.bytes.reserveCapacity(text.utf8.count + tail.count + 128) }
        appendHead(of: index)
        append(#"{"content":"#)
        JSONWriter.appendQuoted(text, to: &writer.bytes)
        writer.bytes.append(UInt8(ascii: "}"))
        appendTail()
    }

    /// A choice ends, and others go on.
    mutating func finish(_ index: Int, _ reason: FinishReason) {
        append("data: ")
        writer.beginObject()
        writeEnd(of: index, reason)
        writer.key("usage")
        writer.null()
        identity.write(object: "chat.completion.chunk", to: &writer)
        writer.endObject()
        append("\n\n")
    }

    /// The end of the last choice, usage and statistics in one chunk, each as far as there is one.
    /// - Parameter needsChoices: an empty list of choices is there, too.
    mutating func finish(
        last index: Int,
        _ reason: FinishReason?,
        _ usage: Usage?,
        _ statistics: AnswerStatistics,
        needsChoices: Bool
    ) {
        append("data: ")
        writer.beginObject()
        if let reason {
            writeEnd(of: index, reason)
        } else if needsChoices {
            writer.key("choices")
            writer.beginArray()
            writer.endArray()
        }
        if let usage {
            writer.key("usage")
            usage.write(to: &writer)
        } else if reason != nil {
            writer.key("usage")
            writer.null()
        }
        statistics.write(to: &writer)
        identity.write(object: "chat.completion.chunk", to: &writer)
        writer.endObject()
        append("\n\n")
    }

    mutating func write(_ error: DIALError) {
        append("data: ")
        writer.bytes.append(contentsOf: error.body())
        append("\n\n")
    }

    /// Nothing comes behind it.
    mutating func done() { append("data: [DONE]\n\n") }

    private mutating func writeEnd(of index: Int, _ reason: FinishReason) {
        writer.key("choices")
        writer.beginArray()
        writer.beginObject()
        writer.key("index")
        writer.number(index)
        writer.key("finish_reason")
        writer.string(reason.rawValue)
        writer.key("delta")
        writer.beginObject()
        writer.endObject()
        writer.endObject()
        writer.endArray()
    }

    private mutating func appendHead(of index: Int) {
        guard index > 0 else { return append(#"data: {"choices":[{"index":0,"finish_reason":null,"delta":"#) }
        append(#"data: {"choices":[{"index":"#)
        writer.bytes.append(contentsOf: String(index).utf8)
        append(#","finish_reason":null,"delta":"#)
    }

    private mutating func appendTail() {
        if tail.isEmpty { tail = renderedTail() }
        writer.bytes.append(contentsOf: tail)
    }

    private func renderedTail() -> [UInt8] {
        var members = JSONWriter()
        members.beginObject()
        members.key("usage")
        members.null()
        identity.write(object: "chat.completion.chunk", to: &members)
        members.endObject()
        // The object's opening brace belongs to the chunk, whose choice and list of choices end here.
        return Array("}],".utf8) + members.bytes.dropFirst() + Array("\n\n".utf8)
    }

    private mutating func append(_ text: StaticString) {
        writer.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
