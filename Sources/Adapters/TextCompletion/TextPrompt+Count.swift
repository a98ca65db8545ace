import Catalog
import DIAL
import Tokenization

extension TextPrompt {
    /// Tokens of the rendered prompt.
    var tokenCount: Int {
        var counts = TurnCounts(self)
        return counts.total(of: Array(turns.indices))
    }

    /// Drops the oldest messages until the rendered prompt has at most `limit` tokens; system messages and the last message
    /// stay.
    /// - Returns: positions in the request's `messages`, ascending.
    /// - Throws: 400 when what must stay is too long.
    mutating func truncate(to limit: Int) throws(DIALError) -> [Int] {
        var counts = TurnCounts(self)
        let last = turns.count - 1
        let outcome = PromptTruncation.run(
            count: turns.count,
            partitions: TurnPartition.single(turns.count),
            limit: limit,
            keep: { $0 == last || turns[$0].role == .system },
            tokens: { counts.total(of: $0) }
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

extension TokenizerKind {
    func count(_ text: String) -> Int {
        switch self {
        case .claude2: ClaudeTokenizer.shared.count(text)
        case .bytes, .none: ByteEstimate.tokens(in: text)
        }
    }
}

/// Counts selections of turns without rendering each selection.
///
/// The pieces of a prompt neither begin nor end with white space, and no token of either tokenizer reaches over the line
/// feeds between them; so the counts add up.
private struct TurnCounts {
    private let prompt: TextPrompt
    /// Of each turn behind the first place.
    private let counts: [Int]
    /// A separator between two pieces.
    private let separator: Int
    /// What does not depend on the turns, with its separators.
    private let frame: Int
    private var opening: (first: Int?, tokens: Int, turnCount: Int)?

    init(_ prompt: TextPrompt) {
        self.prompt = prompt
        let (format, tokenizer) = (prompt.format, prompt.tokenizer)
        counts = prompt.turns.map { tokenizer.count(format.rendered($0, isFirst: false)) }
        let cue = tokenizer.count(format.assistantCue)
        separator = tokenizer.count(format.separator + format.assistantCue) - cue
        var frame = format.endsWithInvitation ? separator + cue : 0
        if let prelude = format.prelude { frame += tokenizer.count(prelude) + separator }
        self.frame = frame
    }

    /// - Parameter positions: of turns, ascending.
    mutating func total(of positions: [Int]) -> Int {
        let first = positions.first.map { prompt.turns[$0] }
        if prompt.isBare(positions.count, first), let first { return prompt.tokenizer.count(first.text) }
        let opening = opening(at: positions.first)
        return positions.dropFirst(opening.turnCount).reduce(frame + opening.tokens) { $0 + separator + counts[$1] }
    }

    private mutating func opening(at position: Int?) -> (tokens: Int, turnCount: Int) {
        if let opening, opening.first == position { return (opening.tokens, opening.turnCount) }
        let turn = position.map { prompt.turns[$0] }
        let tokens: Int
        let turnCount: Int
        if let position, let turn, prompt.toolsPrompt == nil, !prompt.format.dependsOnPlace(turn) {
            (tokens, turnCount) = (counts[position], 1)
        } else {
            let text = prompt.opening(turn)
            (tokens, turnCount) = (prompt.tokenizer.count(text.text), text.turnCount)
        }
        opening = (position, tokens, turnCount)
        return (tokens, turnCount)
    }
}
