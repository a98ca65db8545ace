import DIAL

/// A message as the text models see it.
struct TextTurn: SourcedTurn, Sendable, Hashable {
    enum Role: Sendable { case system, user, assistant }

    var role: Role
    var text: String
    /// Positions in the request's `messages`: its own, and those of messages dropped beside it.
    var sources: [Int]
}

extension TextTurn {
    /// Blank system messages are dropped; so is all talk of tools when there are none.
    ///
    /// - Parameter tools: prints calls and results of tools; nil when no tools are in use.
    /// - Throws: 422 when a message has other content than text, or nothing is left.
    static func turns(
        _ messages: [Message],
        tools: ClaudeTextTools?,
        replacingEmptyText: Bool
    ) throws(DIALError) -> [TextTurn] {
        let turns = try messages.withSources { (message: Message) throws(DIALError) -> TextTurn? in
            try turn(message, tools: tools)
        }
        return turns.map { sourced in
            var turn = sourced.value
            if replacingEmptyText, turn.text.isEmpty { turn.text = " " }
            turn.sources = sourced.sources
            return turn
        }
    }

    private static func turn(_ message: Message, tools: ClaudeTextTools?) throws(DIALError) -> TextTurn? {
        switch message.role {
        case .system, .developer:
            let text = try message.joinedText()
            return text.isBlank ? nil : TextTurn(role: .system, text: text, sources: [])
        case .user:
            return TextTurn(role: .user, text: try message.joinedText(), sources: [])
        case .assistant where message.toolCalls?.isEmpty == false || message.functionCall != nil:
            return try tools.map { tools throws(DIALError) in
                TextTurn(role: .assistant, text: try tools.printedCalls(of: message), sources: [])
            }
        case .assistant:
            return TextTurn(role: .assistant, text: try message.joinedText(), sources: [])
        case .tool, .function:
            return try tools.map { tools throws(DIALError) in
                TextTurn(role: .user, text: try tools.printedResult(of: message), sources: [])
            }
        }
    }
}
