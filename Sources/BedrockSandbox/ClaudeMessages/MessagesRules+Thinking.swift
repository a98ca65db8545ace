// MARK: - Thinking in earlier answers

extension MessagesRules {
    func checkThinkingBlocks() throws(AnthropicError) {
        try forEachBlock { place, _, content throws(AnthropicError) in
            switch content {
            case .thinking(let text, let signature):
                guard ReasoningSeal.isGenuine(signature, of: text) else {
                    throw .invalid("\(place): Invalid `signature` in `thinking` block")
                }
            case .redactedThinking(let data):
                guard ReasoningSeal.isGenuine(redacted: data) else {
                    throw .invalid("\(place): Invalid `data` in `redacted_thinking` block")
                }
            default: return
            }
        }
        for (index, message) in request.messages.enumerated() where !message.isUser {
            try checkOrder(message, at: index)
        }
        try checkLastAnswer()
    }

    private func checkOrder(_ message: Request.Message, at index: Int) throws(AnthropicError) {
        guard message.blocks.contains(where: \.content.isThinking) else { return }
        if let first = message.blocks.first?.content, !first.isThinking {
            throw .invalid(
                "messages.\(index).content.0: If an assistant message contains any thinking blocks, the first block "
                    + "must be `thinking` or `redacted_thinking`. Found `\(first.type)`."
            )
        }
        if message.blocks.last?.content.type == "thinking" {
            throw .invalid("messages.\(index): The final block in an assistant message cannot be `thinking`.")
        }
    }

    /// The answer that is being continued: the assistant's last turn, if it is the last of all or only results follow.
    private func checkLastAnswer() throws(AnthropicError) {
        guard let index = request.messages.lastIndex(where: { !$0.isUser }) else { return }
        let message = request.messages[index]
        let isFinal = index == request.messages.count - 1
        let isOpen = message.blocks.contains { if case .toolUse = $0.content { true } else { false } }
        if request.thinking == .off {
            if isFinal, let position = message.blocks.firstIndex(where: \.content.isThinking) {
                throw .invalid(
                    "messages.\(index).content.\(position): When thinking is disabled, an `assistant` message in the "
                        + "final position cannot contain `thinking`. To use thinking blocks, enable `thinking` in your "
                        + "request."
                )
            }
        } else if case .budget = request.thinking, isFinal || isOpen, let first = message.blocks.first?.content,
            !first.isThinking
        {
            throw .invalid(
                "messages.\(index).content.0.type: Expected `thinking` or `redacted_thinking`, but found "
                    + "`\(first.type)`. When `thinking` is enabled, a final `assistant` message must start with a "
                    + "thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We "
                    + "recommend you include thinking blocks from previous turns. To avoid this requirement, disable "
                    + "`thinking`." + ClaudeRules.guide
            )
        }
    }
}

extension MessagesRequest {
    /// Whether the model may think between calls, so that the budget spans several answers.
    func interleaves(_ model: SandboxModel) -> Bool {
        model.interleavesThinking && (thinking == .adaptive || betas.contains("interleaved-thinking-2025-05-14"))
    }
}

extension MessagesRequest.Content {
    var isThinking: Bool {
        switch self {
        case .thinking, .redactedThinking: true
        default: false
        }
    }
}
