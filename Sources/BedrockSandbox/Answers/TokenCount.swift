import JSON

/// The sandbox's own idea of tokens: deterministic, and close enough to a real count to look real.
enum TokenCount {
    /// One token for each four bytes begun, at least one.
    static func text(_ text: String) -> Int { document(bytes: text.utf8.count) }

    /// What an image costs, whatever its size.
    static let image = 1000

    /// What a document of so many bytes costs.
    static func document(bytes: Int) -> Int { max(1, (bytes + 3) / 4) }

    /// The values inside a JSON value; media inside tool results count as images.
    static func value(_ json: JSON) -> Int {
        switch json {
        case .string(let text): text.isEmpty ? 1 : self.text(text)
        case .array(let values): values.reduce(0) { $0 + value($1) }
        case .object(let object):
            object["source"]?["bytes"] != nil ? image : object.reduce(0) { $0 + text($1.key) + value($1.value) }
        case .null, .bool, .number: 1
        }
    }

    /// Splits an answer into what one event carries: a word with the white space before it, cut at 16 characters.
    static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var length = 0
        var sawWord = false
        for character in text {
            let blank = character.isWhitespace
            if sawWord && (blank || length >= 16) {
                pieces.append(piece)
                piece = ""
                length = 0
                sawWord = false
            }
            piece.append(character)
            length += 1
            if !blank { sawWord = true }
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }
}
