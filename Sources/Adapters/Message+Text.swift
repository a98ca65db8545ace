import DIAL

extension Message {
    /// The content as one text; without content the empty text.
    /// - Throws: 422 when a part is not text.
    func joinedText() throws(DIALError) -> String {
        switch content {
        case nil: return ""
        case .text(let text)?: return text
        case .parts(let parts)?: return try parts.texts.joined(separator: "\n\n")
        }
    }
}
