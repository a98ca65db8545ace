import Catalog
import DIAL
import Tokenization

extension TextPrompt {
    /// Tokens of the rendered prompt.
    var tokenCount: Int {
        var counts = TurnCounts(self)
        return counts.total(PromptTruncation.Selection(costs: counts.costs))
    }

    /// Drops the oldest messages until the rendered prompt has at most `limit` tokens; system messages and the last message
    /// stay.
    /// - Returns: positions in the request's `messages`, ascending.
    /// - Throws: 400 when what must stay is too long.
    mutating func truncate(to limit: Int) throws(DIALError) -> [Int] {
        var counts = TurnCounts(self)
        let last = turns.count - 1
        let outcome = PromptTruncation.run(
            costs: counts.costs,
            partitions: [],
            limit: limit,
            keep: { $0 == last || turns[$0].role == .system },
            tokens: { counts.total($0) }
        )
        return try turns.drop(outcome, limit: limit)
    }
}

extension TokenizerKind {
    func count(_ text: String) -> Int {
        switch self {
        case .claude2: ClaudeTokenizer.shared.count(text)
        case .bytes: ByteEstimate.tokens(in: text)
        }
    }
}

/// Counts selections of turns without rendering each selection.
///
/// The pieces of a prompt neither begin nor end with white space, and no token of either tokenizer reaches over the line
/// feeds between them; so the counts add up.
private struct TurnCounts {
    private let prompt: TextPrompt
    /// Of each turn behind the first place, with the separator before it.
    let costs: [Int]
    /// What does not depend on the turns, with its separators.
    private let frame: Int
    /// A separator between two pieces.
    private let separator: Int
    private var opening: (first: Int?, tokens: Int)?

    init(_ prompt: TextPrompt) {
        self.prompt = prompt
        let (format, tokenizer) = (prompt.format, prompt.tokenizer)
        let cue = tokenizer.count(format.assistantCue)
        let separator = tokenizer.count(format.separator + format.assistantCue) - cue
        costs = prompt.turns.map { tokenizer.count(format.rendered($0, isFirst: false)) + separator }
        self.separator = separator
        var frame = format.endsWithInvitation ? separator + cue : 0
        if let prelude = format.prelude { frame += tokenizer.count(prelude) + separator }
        self.frame = frame
    }

    mutating func total(_ selection: PromptTruncation.Selection) -> Int {
        let first = selection.first.map { prompt.turns[$0] }
        if prompt.isBare(selection.count, first), let first { return prompt.tokenizer.count(first.text) }
        return frame + selection.cost + opening(at: selection.first)
    }

    /// What the start of the prompt has more than the costs of its turn say.
    private mutating func opening(at position: Int?) -> Int {
        var turn = position.map { prompt.turns[$0] }
        if let turn, prompt.toolsPrompt == nil, !prompt.format.dependsOnPlace(turn) { return -separator }
        // Tools stand before any other turn in the same words: count them once.
        if prompt.toolsPrompt != nil, turn?.role != .system { turn = nil }
        let position = turn == nil ? nil : position
        if let opening, opening.first == position { return opening.tokens }
        let tokens = prompt.tokenizer.count(prompt.opening(turn).text) - (position.map { costs[$0] } ?? 0)
        opening = (position, tokens)
        return tokens
    }
}
