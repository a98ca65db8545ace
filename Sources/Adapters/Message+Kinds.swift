import DIAL

extension Message {
    /// `developer` is another word for `system`.
    var isSystem: Bool { role == .system || role == .developer }

    /// For the log.
    static let lateSystemNote = "A system message within the conversation was moved to the system prompt"

    /// Whether it is an answer with calls, which goes back without its files, also where the list of its calls is empty. Those of
    /// other messages mean nothing.
    var hasCalls: Bool { role == .assistant && (functionCall != nil || toolCalls != nil) }

    /// What a system message says; services refuse blank texts.
    /// - Throws: 422 when a part is not text.
    var systemTexts: [String] {
        get throws(DIALError) {
            let texts: [String] =
                switch content {
                case .text(let text)?: [text]
                case .parts(let parts)?: try parts.texts
                case nil: []
                }
            return texts.filter { !$0.isBlank }
        }
    }
}
