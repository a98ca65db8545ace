import JSON

/// What Anthropic refuses beyond the form of a request, in its words. Each rule is a function; the first that fails
/// answers.
///
/// Sources: Anthropic API reference "Messages", "Extended thinking", "Tool use", "Prompt caching", "Vision"; the
/// wording is what users of the API report.
struct MessagesRules {
    typealias Request = MessagesRequest
    typealias Content = MessagesRequest.Content

    let request: MessagesRequest
    let model: SandboxModel
    let transport: MessagesTransport

    /// Throws the refusal, if there is one.
    func check() throws(AnthropicError) {
        try checkBetas()
        try checkTurns()
        try checkTexts()
        try checkPlacement()
        try checkTools()
        try checkToolTransactions()
        try claude.checkThinking(
            request.thinking,
            forcesTool: request.toolChoice?.isForced == true,
            interleaves: request.interleaves(model)
        )
        try checkThinkingBlocks()
        try checkMedia()
        try checkCacheMarks()
        try checkParameters()
        try checkLastTurn()
    }

    var claude: ClaudeRules {
        ClaudeRules(
            model: model,
            maximumTokens: request.maximumTokens,
            temperature: request.json["temperature"]?.doubleValue,
            topP: request.json["top_p"]?.doubleValue,
            topK: request.json["top_k"]
        )
    }

    /// Calls `body` with every block of the conversation and its place as the service spells it.
    func forEachBlock(_ body: (String, Request.Message, Content) throws(AnthropicError) -> Void) throws(AnthropicError)
    {
        for (index, message) in request.messages.enumerated() {
            for (position, block) in message.blocks.enumerated() {
                try body("messages.\(index).content.\(position)", message, block.content)
            }
        }
    }
}

// MARK: - Turns and texts

extension MessagesRules {
    private func checkTurns() throws(AnthropicError) {
        guard let first = request.messages.first else { throw .invalid("messages: at least one message is required") }
        for (index, message) in request.messages.enumerated() {
            switch message.role {
            case "user", "assistant": continue
            case "system":
                throw .invalid(
                    "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, "
                        + "not \"system\" as an input message role."
                )
            default: throw .invalid("messages.\(index).role: Input should be 'user' or 'assistant'")
            }
        }
        guard first.isUser else { throw .invalid("messages: first message must use the \"user\" role") }
        for (index, message) in request.messages.enumerated() {
            let isLast = index == request.messages.count - 1
            guard !message.blocks.isEmpty || isLast && !message.isUser else {
                throw .invalid(
                    "messages.\(index): all messages must have non-empty content except for the optional final "
                        + "assistant message"
                )
            }
            guard index == 0 || message.role != request.messages[index - 1].role else {
                throw .invalid(
                    "messages: roles must alternate between \"user\" and \"assistant\", but found multiple "
                        + "\"\(message.role)\" roles in a row"
                )
            }
        }
    }

    private func checkTexts() throws(AnthropicError) {
        for block in request.system { try checkText(block.content, "system") }
        try forEachBlock { _, _, content throws(AnthropicError) in
            try checkText(content, "messages")
            guard case .toolResult(let result) = content else { return }
            // White space is a result like any other.
            for case .text("") in result.content.map(\.content) {
                throw .invalid("messages: text content blocks must be non-empty")
            }
        }
    }

    private func checkText(_ content: Content, _ place: String) throws(AnthropicError) {
        guard case .text(let text) = content else { return }
        guard !text.isEmpty else { throw .invalid("\(place): text content blocks must be non-empty") }
        guard !ConverseRules.isBlank(text) else {
            throw .invalid("\(place): text content blocks must contain non-whitespace text")
        }
    }

    private func checkPlacement() throws(AnthropicError) {
        try forEachBlock { place, message, content throws(AnthropicError) in
            let isAllowed =
                switch content {
                case .text: true
                case .image, .document, .toolResult: message.isUser
                case .toolUse, .thinking, .redactedThinking: !message.isUser
                }
            guard !isAllowed else { return }
            let other = message.isUser ? "assistant" : "user"
            throw .invalid("\(place): `\(content.type)` blocks can only be in `\(other)` messages")
        }
    }

    private func checkLastTurn() throws(AnthropicError) {
        guard let last = request.messages.last, !last.isUser else { return }
        guard model.prefill else {
            throw .invalid(
                "This model does not support assistant message prefill. The conversation must end with a user message."
            )
        }
        guard case .text(let text)? = last.blocks.last?.content else { return }
        try ClaudeRules.checkPrefill(text)
    }
}
