/// What clients made for OpenAI's API send, and the DIAL API does not have, brought into its forms.
///
/// Source: OpenAI API reference, "Create chat completion".
extension ChatCompletionRequest {
    mutating func takeOpenAIForms(_ maxCompletionTokens: Int?) {
        maxTokens = maxTokens ?? maxCompletionTokens
        for index in messages.indices { messages[index].takeOpenAIForms() }
    }
}

extension Message {
    fileprivate mutating func takeOpenAIForms() {
        if toolCalls?.isEmpty == true { toolCalls = nil }
        let isCalling = toolCalls != nil || functionCall != nil
        if role == .tool || role == .function || isCalling { content = content?.joined }
        // Models take no empty text.
        if role == .assistant, !isCalling, customContent?.state == nil { content = content ?? .text(".") }
    }
}

extension Message.Content {
    /// A single text, unless there are other parts.
    fileprivate var joined: Self {
        guard case .parts(let parts) = self, parts.allSatisfy({ $0.text != nil }) else { return self }
        return .text(parts.compactMap(\.text).joined(separator: "\n"))
    }
}
