import JSON

/// `content_block_delta` events of one block.
struct MessagesDelta: Sendable {
    enum Kind: Sendable { case text, thinking, signature, input }

    var block: Int
    var kind: Kind
    var transport: MessagesTransport

    /// The events that say `content`.
    func run(_ content: AnswerText) -> DeltaRun {
        if kind == .text, block == 0, case .vocabulary = content {
            let words = transport.isBedrock ? Self.bedrockWords : Self.anthropicWords
            return DeltaRun(content) { _, index in words[index % words.count] }
        }
        return DeltaRun(content) { content, index in frame(content.piece(at: index), index) }
    }

    func frame(_ piece: String, _ index: Int) -> [UInt8] {
        let delta: JSON =
            switch kind {
            case .text: ["type": "text_delta", "text": .string(piece)]
            case .thinking: ["type": "thinking_delta", "thinking": .string(piece)]
            case .signature: ["type": "signature_delta", "signature": .string(piece)]
            case .input: ["type": "input_json_delta", "partial_json": .string(piece)]
            }
        return transport.frame(
            ["type": "content_block_delta", "index": JSON(block), "delta": delta],
            padded: index
        )
    }

    /// The words of a generated answer as ready frames: a benchmark plays millions of them.
    private static let bedrockWords = words(.bedrock)
    private static let anthropicWords = words(.anthropic)

    private static func words(_ transport: MessagesTransport) -> [[UInt8]] {
        let delta = MessagesDelta(block: 0, kind: .text, transport: transport)
        return AnswerText.words.enumerated().map { index, word in delta.frame(word, index) }
    }
}

extension MessagesTransport {
    /// One event: on Bedrock a `chunk` that holds it in base64, at Anthropic an event of SSE.
    func frame(_ event: JSON, padded index: Int = 0) -> [UInt8] {
        let data = event.serialized()
        switch self {
        case .bedrock: return EventFrame.event("chunk", ["bytes": .string(Base64.encode(data))], padded: index)
        case .anthropic: return Self.serverSent(event["type"]?.stringValue ?? "", data)
        }
    }

    static func serverSent(_ name: String, _ data: [UInt8]) -> [UInt8] {
        Array("event: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
    }
}
