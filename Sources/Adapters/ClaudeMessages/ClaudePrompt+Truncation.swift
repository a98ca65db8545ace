import DIAL
import Tokenization

extension ClaudePrompt {
    /// Drops the oldest turns until the prompt has at most `limit` tokens. System prompt and tools always stay.
    /// - Returns: positions in the request's `messages`, ascending.
    /// - Throws: 400 when what must be kept is too long.
    mutating func truncate(to limit: Int) throws(DIALError) -> [Int] {
        let counts = turns.map(Self.tokens(in:))
        let fixed = fixedTokenCount
        let last = turns.count - 1
        let outcome = PromptTruncation.run(
            count: turns.count,
            partitions: TurnPartition.toolTransactions(turns.map(\.partitionKind)),
            limit: limit,
            keep: { $0 == last },
            tokens: { positions in positions.reduce(fixed) { $0 + counts[$1] } }
        )
        switch outcome {
        case .keptExceedsLimit(let tokens):
            throw .truncatePromptLastMessage(maximum: limit, actual: tokens)
        case .discarded(let positions):
            let discarded = Set(positions)
            let sources = positions.flatMap { turns[$0].sources }.sorted()
            turns = turns.indices.filter { !discarded.contains($0) }.map { turns[$0] }
            return sources
        }
    }
}

extension ClaudePrompt.Turn {
    fileprivate var partitionKind: TurnPartition.Turn {
        switch role {
        case .user: blocks.contains { $0.answeredToolUseID != nil } ? .toolResult : .user
        case .assistant: blocks.contains { $0.toolUseID != nil } ? .toolCall : .assistant
        }
    }
}
