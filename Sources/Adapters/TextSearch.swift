/// Looks for a text in another that comes byte by byte, in time proportional to both.
///
/// Source: Knuth, Morris, Pratt, "Fast pattern matching in strings".
struct TextSearch: Sendable {
    private let text: [UInt8]
    /// For each length of a beginning, the length of the longest shorter one that it ends in.
    private let fallbacks: [Int]
    private var matched = 0

    var count: Int { text.count }

    /// - Parameter text: not empty.
    init(_ text: String) {
        let text = Array(text.utf8)
        var fallbacks = [0, 0]
        var length = 0
        for byte in text.dropFirst() {
            while length > 0, text[length] != byte { length = fallbacks[length] }
            if text[length] == byte { length += 1 }
            fallbacks.append(length)
        }
        self.text = text
        self.fallbacks = fallbacks
    }

    /// What comes does not continue what came.
    mutating func restart() { matched = 0 }

    /// - Returns: whether the text ends with this byte.
    mutating func takes(_ byte: UInt8) -> Bool {
        while matched > 0, matched == text.count || text[matched] != byte { matched = fallbacks[matched] }
        if text[matched] == byte { matched += 1 }
        return matched == text.count
    }
}

extension String {
    /// `contains` by bytes. Words of a service may quote what a client sent, and to compare characters may take long.
    /// - Parameter text: not empty.
    func containsBytes(of text: String) -> Bool {
        var search = TextSearch(text)
        return utf8.contains { search.takes($0) }
    }
}
