import Catalog

/// A conversation for a text model, up to its rendering.
struct TextPrompt: Sendable {
    let format: ChatFormat
    let tokenizer: TokenizerKind
    /// The declarations of tools: a system message of their own, or the start of the first one.
    let toolsPrompt: String?
    var turns: [TextTurn]

    init(_ turns: [TextTurn], format: ChatFormat, tokenizer: TokenizerKind, toolsPrompt: String? = nil) {
        self.turns = turns
        let start = format.cueOmission == .leadingSystemMessage && turns.first?.role == .system ? 1 : 0
        if format.opensWithUser, start == turns.count || turns[start].role == .assistant {
            self.turns.insert(TextTurn(role: .user, text: "", sources: []), at: start)
        }
        self.format = format
        self.tokenizer = tokenizer
        self.toolsPrompt = toolsPrompt
    }

    /// What the model gets.
    var text: String {
        if isBare { return turns[0].text }
        let opening = opening(turns.first)
        var pieces = format.prelude.map { [$0] } ?? []
        pieces.append(opening.text)
        pieces += turns.dropFirst(opening.turnCount).map { format.rendered($0, isFirst: false) }
        if format.endsWithInvitation { pieces.append(format.assistantCue) }
        return pieces.joined(separator: format.separator)
    }

    /// What ends the model's answer besides the request's own stop sequences.
    var stopSequences: [String] { isBare ? [] : [format.stopSequence] }

    /// Nothing but the text of a single user message is sent.
    var isBare: Bool { isBare(turns.count, turns.first) }

    func isBare(_ count: Int, _ first: TextTurn?) -> Bool {
        format.sendsSingleUserMessageBare && count == 1 && first?.role == .user && toolsPrompt == nil
    }

    /// The start of the conversation.
    /// - Returns: its text, and how many turns are in it.
    func opening(_ first: TextTurn?) -> (text: String, turnCount: Int) {
        guard let toolsPrompt else {
            return first.map { (format.rendered($0, isFirst: true), 1) } ?? ("", 0)
        }
        if let first, first.role == .system {
            let turn = TextTurn(role: .system, text: "\(toolsPrompt)\n\(first.text)", sources: [])
            return (format.rendered(turn, isFirst: true), 1)
        }
        return (format.rendered(TextTurn(role: .system, text: toolsPrompt, sources: []), isFirst: true), 0)
    }
}
