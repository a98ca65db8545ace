import JSON

/// What Bedrock refuses beyond the form of a request. Each rule is a function; the first that fails answers.
struct ConverseRules {
    typealias Request = ConverseRequest
    typealias Block = ConverseRequest.Block

    let request: ConverseRequest
    let model: SandboxModel

    /// Throws the refusal, if there is one.
    func check() throws(AWSError) {
        try checkTurns()
        try checkSystem()
        try checkTexts()
        try checkPlacement()
        try checkToolConfiguration()
        try checkToolTransactions()
        try checkMedia()
        try checkCachePoints()
        try checkInference()
        try checkExtras()
        try checkLastTurn()
    }

    /// The block at a place, with the place as Bedrock spells it.
    struct Place {
        var message: Int
        var block: Int
        var text: String { "messages.\(message).content.\(block)" }
    }

    /// Calls `body` with every block of the conversation.
    func forEachBlock(_ body: (Place, Request.Message, Block) throws(AWSError) -> Void) throws(AWSError) {
        for (index, message) in request.messages.enumerated() {
            for (position, block) in message.blocks.enumerated() {
                try body(Place(message: index, block: position), message, block)
            }
        }
    }

    /// What the model itself refuses comes with Bedrock's words before it.
    func byModel(_ rule: () throws(AnthropicError) -> Void) throws(AWSError) {
        do {
            try rule()
        } catch {
            throw .model(error.message)
        }
    }

    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}

// MARK: - Turns and texts

extension ConverseRules {
    private func checkTurns() throws(AWSError) {
        guard let first = request.messages.first, first.isUser else {
            throw .validation(
                "A conversation must start with a user message. Try again with a conversation "
                    + "that starts with a user message."
            )
        }
        for (index, message) in request.messages.enumerated() {
            guard message.blocks.contains(where: { if case .cachePoint = $0 { false } else { true } }) else {
                throw .validation(
                    "The content field in the Message object at messages.\(index) is empty. "
                        + "Add a ContentBlock object to the content field and try again."
                )
            }
            guard index == 0 || message.isUser != request.messages[index - 1].isUser else {
                throw .validation(
                    "A conversation must alternate between user and assistant roles. Make sure the "
                        + "conversation alternates between user and assistant roles and try again."
                )
            }
        }
    }

    private func checkSystem() throws(AWSError) {
        guard !request.system.isEmpty else { return }
        guard model.system else {
            throw .validation(
                "This model doesn't support system messages. Try again without a system message or "
                    + "use a model that supports system messages."
            )
        }
        for (index, block) in request.system.enumerated() {
            if case .text(let text) = block, Self.isBlank(text) {
                throw .validation(
                    "The text field in the SystemContentBlock object at system.\(index) is blank. "
                        + "Add text to the text field, and try again."
                )
            }
        }
    }

    private func checkTexts() throws(AWSError) {
        try forEachBlock { place, _, block throws(AWSError) in
            switch block {
            case .text(let text) where Self.isBlank(text):
                throw .validation(
                    "The text field in the ContentBlock object at \(place.text) is blank. "
                        + "Add text to the text field, and try again."
                )
            case .toolResult(let result):
                for (index, part) in result.content.enumerated() {
                    guard let text = part["text"]?.stringValue, Self.isBlank(text) else { continue }
                    throw .validation(
                        "The text field in the ToolResultContentBlock object at "
                            + "\(place.text).toolResult.content.\(index) is blank. Add text to the text field, "
                            + "and try again."
                    )
                }
            default: return
            }
        }
    }

    private func checkPlacement() throws(AWSError) {
        try forEachBlock { place, message, block throws(AWSError) in
            let role = message.isUser ? "user" : "assistant"
            let field: String? =
                switch block {
                case .image: message.isUser && model.images ? nil : "image"
                case .document: message.isUser && model.documents ? nil : "document"
                case .toolUse: message.isUser ? "toolUse" : nil
                case .toolResult: message.isUser ? nil : "toolResult"
                case .reasoning: message.isUser || model.reasoning == .never ? "reasoningContent" : nil
                case .other(let name): name == "guardContent" && message.isUser ? nil : name
                case .text, .cachePoint: nil
                }
            if let field {
                throw .validation(
                    "This model doesn't support the \(field) field for \(role) messages. "
                        + "Remove \(field) and try again."
                )
            }
        }
    }

    private func checkLastTurn() throws(AWSError) {
        guard let last = request.messages.last, !last.isUser else { return }
        guard model.prefill else {
            throw .validation(
                model.family == .claude
                    ? "The model returned the following errors: This model does not support assistant message "
                        + "prefill. The conversation must end with a user message."
                    : "A conversation must end with a user message. Try again with a conversation that ends "
                        + "with a user message."
            )
        }
        guard model.family == .claude, case .text(let text) = last.blocks.last else { return }
        try byModel { () throws(AnthropicError) in try ClaudeRules.checkPrefill(text) }
    }
}
