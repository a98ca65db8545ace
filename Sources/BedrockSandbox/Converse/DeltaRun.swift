import JSON

/// A run of `contentBlockDelta` events of one block, encoded one by one.
struct DeltaRun: Sendable {
    enum Kind: Sendable { case text, reasoning, toolInput }

    var block: Int
    var kind: Kind
    var content: AnswerText
    /// Pieces before this one are left out.
    var start = 0

    var count: Int { content.pieceCount - start }

    /// The bytes of the event at `position` of the run.
    func frame(at position: Int) -> [UInt8] {
        let index = start + position
        if kind == .text, block == 0, case .vocabulary = content {
            return Self.readyWords[index % Self.readyWords.count]
        }
        return encode(content.piece(at: index), index)
    }

    private func encode(_ piece: String, _ index: Int) -> [UInt8] {
        let delta: JSON =
            switch kind {
            case .text: ["text": .string(piece)]
            case .reasoning: ["reasoningContent": ["text": .string(piece)]]
            case .toolInput: ["toolUse": ["input": .string(piece)]]
            }
        return EventFrame.event(
            "contentBlockDelta",
            ["contentBlockIndex": JSON(block), "delta": delta],
            padded: index
        )
    }

    /// The words of a generated answer as ready frames: a benchmark plays millions of them.
    private static let readyWords: [[UInt8]] = AnswerText.words.indices.map { index in
        DeltaRun(block: 0, kind: .text, content: .vocabulary(AnswerText.words.count)).encode(
            AnswerText.words[index],
            index
        )
    }
}
