/// Splits a text into words as a POSIX shell does, with its three ways of quoting and nothing else: no variables, no
/// wildcards, no operators.
enum ShellWords {
    /// Nil when a quotation is not closed or the text ends in a backslash.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            switch (quote, character) {
            case ("'"?, "'"), ("\""?, "\""):
                quote = nil
            case ("'"?, _):
                word = (word ?? "") + String(character)
            case ("\""?, "\\"):
                guard let next = characters.next() else { return nil }
                // Inside double quotes a backslash protects these only.
                let isEscape = next == "\"" || next == "\\"
                word = (word ?? "") + (isEscape ? "" : "\\") + String(next)
            case ("\""?, _):
                word = (word ?? "") + String(character)
            case (_, "'"), (_, "\""):
                quote = character
                word = word ?? ""
            case (_, "\\"):
                guard let next = characters.next() else { return nil }
                word = (word ?? "") + String(next)
            case (_, " "), (_, "\t"), (_, "\n"), (_, "\r"), (_, "\r\n"):
                if let finished = word { words.append(finished) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let finished = word { words.append(finished) }
        return words
    }
}
