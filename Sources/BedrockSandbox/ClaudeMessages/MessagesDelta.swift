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
