import DIAL
import Tokenization

/// A prompt of turns whose oldest can be dropped: `max_prompt_tokens` and `truncate_prompt`.
protocol TruncatablePrompt {
    associatedtype Turn: ToolTurn

    var turns: [Turn] { get set }
    /// Tokens of what is sent whatever turns are kept: system prompt and tools.
    var fixedTokenCount: Int { get }

    static func tokenCount(of turn: Turn) -> Int
}

protocol SourcedTurn {
    /// Positions in the request's `messages`.
    var sources: [Int] { get }
}

extension TruncatablePrompt {
    /// Tokens of everything but the parameters.
    var tokenCount: Int { turns.reduce(fixedTokenCount) { $0 + Self.tokenCount(of: $1) } }

    /// Drops the oldest turns until the prompt has at most `limit` tokens. System prompt and tools always stay.
    /// - Returns: positions in the request's `messages`, ascending.
    /// - Throws: 400 when what must be kept is too long.
    mutating func truncate(to limit: Int) throws(DIALError) -> [Int] {
        let fixed = fixedTokenCount
        let last = turns.count - 1
        let outcome = PromptTruncation.run(
            costs: turns.map { Self.tokenCount(of: $0) },
            partitions: TurnPartition.toolTransactions(turns.map(\.partitionKind)),
            limit: limit,
            keep: { $0 == last },
            tokens: { fixed + $0.cost }
        )
        return try turns.drop(outcome, limit: limit)
    }
}

extension ToolTurn {
    fileprivate var partitionKind: TurnPartition.Turn {
        if isAssistant { return toolUseIDs.isEmpty ? .assistant : .toolCall }
        return hasToolResult ? .toolResult : .user
    }
}

extension Array where Element: SourcedTurn {
    /// Drops what a truncation says, or throws as it says.
    mutating func drop(_ outcome: PromptTruncation.Outcome, limit: Int) throws(DIALError) -> [Int] {
        switch outcome {
        case .keptExceedsLimit(let tokens):
            throw .truncatePromptLastMessage(maximum: limit, actual: tokens)
        case .discarded(let positions):
            let discarded = Set(positions)
            let sources = positions.flatMap { self[$0].sources }.sorted()
            self = indices.filter { !discarded.contains($0) }.map { self[$0] }
            return sources
        }
    }
}
