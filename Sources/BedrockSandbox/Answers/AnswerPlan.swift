import JSON

/// An answer before it takes the form of a JSON body or of a stream.
struct AnswerPlan: Sendable {
    enum Block: Sendable {
        case reasoning(AnswerText, signature: String?)
        /// Reasoning that only the service can read.
        case redactedReasoning(data: String)
        case text(AnswerText)
        case toolUse(id: String, name: String, input: JSON, pieces: AnswerText)
    }

    var blocks: [Block]
    var stopReason = "end_turn"
    /// The stop sequence that ended the answer.
    var stopSequence: String?
    var trace: JSON?

    /// Output tokens of all blocks.
    var tokens: Int { blocks.reduce(0) { $0 + $1.tokens } }

    /// Cuts the text at the first stop sequence; what follows it is not said.
    mutating func stop(at sequences: [String]) {
        for (index, block) in blocks.enumerated() {
            guard case .text(let text) = block, let cut = text.cut(before: sequences) else { continue }
            blocks.removeSubrange(index...)
            if cut.text.pieceCount > 0 { blocks.append(.text(cut.text)) }
            stopReason = "stop_sequence"
            stopSequence = cut.sequence
            return
        }
    }

    /// Cuts the answer after `limit` output tokens.
    mutating func limit(tokens limit: Int) {
        guard tokens > limit else { return }
        var left = limit
        var kept: [Block] = []
        for block in blocks where left > 0 {
            kept.append(block.prefix(tokens: left))
            left -= min(left, block.tokens)
        }
        blocks = kept
        stopReason = "max_tokens"
        stopSequence = nil
    }
}

extension AnswerPlan.Block {
    var tokens: Int {
        switch self {
        case .reasoning(let text, _), .text(let text), .toolUse(_, _, _, let text): text.tokens
        case .redactedReasoning: 1
        }
    }

    func prefix(tokens limit: Int) -> AnswerPlan.Block {
        switch self {
        case .reasoning(let text, let signature):
            .reasoning(text.prefix(tokens: limit), signature: limit < text.tokens ? nil : signature)
        case .redactedReasoning: self
        case .text(let text): .text(text.prefix(tokens: limit))
        case .toolUse(let id, let name, let input, let pieces):
            .toolUse(id: id, name: name, input: input, pieces: pieces.prefix(tokens: limit))
        }
    }

    /// False for a call whose input the token limit cut short.
    var isWhole: Bool {
        guard case .toolUse(_, _, let input, let pieces) = self else { return true }
        let text = pieces.text
        return text == input.serializedString() || text.isEmpty && input == [:]
    }
}
