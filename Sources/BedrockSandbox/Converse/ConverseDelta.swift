import JSON

/// `contentBlockDelta` events of one block.
struct ConverseDelta: Sendable {
    enum Kind: Sendable { case text, reasoning, signature, redactedReasoning, toolInput }

    var block: Int
    var kind: Kind

    /// The events that say `content`.
    func run(_ content: AnswerText) -> DeltaRun {
        if kind == .text, block == 0, case .vocabulary = content {
            return DeltaRun(content) { _, index in Self.readyWords[index % Self.readyWords.count] }
        }
        return DeltaRun(content) { content, index in frame(content.piece(at: index), index) }
    }

    func frame(_ piece: String, _ index: Int) -> [UInt8] {
        let delta: JSON =
            switch kind {
            case .text: ["text": .string(piece)]
            case .reasoning: ["reasoningContent": ["text": .string(piece)]]
            case .signature: ["reasoningContent": ["signature": .string(piece)]]
            case .redactedReasoning: ["reasoningContent": ["redactedContent": .string(piece)]]
            case .toolInput: ["toolUse": ["input": .string(piece)]]
            }
        return EventFrame.event(
            "contentBlockDelta",
            ["contentBlockIndex": JSON(block), "delta": delta],
            padded: index
        )
    }

    /// The words of a generated answer as ready frames: a benchmark plays millions of them.
    private static let readyWords: [[UInt8]] = AnswerText.words.enumerated().map { index, word in
        ConverseDelta(block: 0, kind: .text).frame(word, index)
    }
}
