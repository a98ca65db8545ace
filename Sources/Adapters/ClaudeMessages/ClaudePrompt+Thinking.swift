import DIAL

/// Thinking of earlier answers as the service takes it back.
///
/// Source: Anthropic API reference "Extended thinking: preserving thinking blocks".
extension ClaudePrompt {
    /// Puts right what the service refuses of thinking: blocks that it never signed, since the answer was cut within them;
    /// thinking that does not come first, since messages were joined; and thinking that stands alone.
    mutating func mendThinking() {
        for index in turns.indices where turns[index].role == .assistant {
            var blocks = turns[index].blocks
            guard blocks.contains(where: \.isThinking) else { continue }
            blocks.removeAll { $0.isUnsignedThinking }
            if blocks.first?.isThinking == false { blocks.removeAll { $0.isThinking } }
            // No message may end with it; where it is redacted, only what is to be continued may not.
            if let end = blocks.lastIndex(where: { !$0.isThinking }) {
                let isLast = index == turns.indices.last
                blocks[(end + 1)...].removeAll { isLast || $0.type == "thinking" }
            }
            if blocks.count < turns[index].blocks.count {
                notes.append("Thinking was dropped that the model would not take back")
            }
            if blocks.allSatisfy(\.isThinking) { blocks.append(.text(Placeholder.text)) }
            turns[index].blocks = blocks
        }
    }

    /// The turn that the answer continues: the last one of the assistant, if nothing or only results follow it.
    private var openTurn: Turn? {
        guard let last = turns.last else { return nil }
        if last.role == .assistant { return last }
        guard last.hasToolResult else { return nil }
        return turns.last { $0.role == .assistant }
    }

    /// The answer continues a turn that does not begin with thinking: within a budget, the service then refuses to think.
    var continuesWithoutThinking: Bool {
        guard let openTurn else { return false }
        return openTurn.blocks.first?.isThinking != true
    }

    /// Where the model is not to think, what it is to continue must hold no thinking.
    mutating func dropThinkingOfPrefill() {
        guard let last = turns.indices.last, turns[last].role == .assistant,
            turns[last].blocks.contains(where: \.isThinking)
        else { return }
        turns[last].blocks.removeAll { $0.isThinking }
        notes.append("Thinking of the last message was dropped: the request does not ask for thinking")
    }
}

extension ClaudeContentBlock {
    fileprivate var isUnsignedThinking: Bool {
        guard type == "thinking", case .replayed(let members) = content else { return false }
        return members["signature"]?.stringValue?.isEmpty != false
    }
}
