/// A text that an answer says, in the pieces it is said in. Generated texts are not held in memory.
enum AnswerText: Sendable {
    case literal([String])
    /// So many words of a fixed vocabulary, over and over.
    case vocabulary(Int)
    /// So many bytes in pieces of `pieceBytes`.
    case filler(bytes: Int, pieceBytes: Int)

    /// Every word brings its space, so that a text of any length is the same words in a ring.
    static let words: [String] =
        ("the river keeps its own slow time and carries every leaf that falls from quiet banks toward a wide "
        + "bright sea where morning light returns each day to touch old stones again").split(separator: " ")
        .map { $0 + " " }

    init(_ text: String) { self = .literal(TokenCount.pieces(text)) }

    var pieceCount: Int {
        switch self {
        case .literal(let pieces): pieces.count
        case .vocabulary(let count): count
        case .filler(let bytes, let size): (bytes + size - 1) / size
        }
    }

    func piece(at index: Int) -> String {
        switch self {
        case .literal(let pieces): return pieces[index]
        case .vocabulary: return Self.words[index % Self.words.count]
        case .filler(let bytes, let size):
            return String(repeating: "x", count: min(size, bytes - index * size))
        }
    }

    /// Output tokens: one a piece, but a token for each four bytes of filler.
    var tokens: Int {
        if case .filler(let bytes, _) = self { (bytes + 3) / 4 } else { pieceCount }
    }

    var text: String {
        switch self {
        case .literal(let pieces): return pieces.joined()
        case .vocabulary(let count): return (0..<count).map { Self.words[$0 % Self.words.count] }.joined()
        case .filler(let bytes, _): return String(repeating: "x", count: bytes)
        }
    }

    /// The first `limit` tokens.
    func prefix(tokens limit: Int) -> AnswerText {
        guard limit < tokens else { return self }
        switch self {
        case .literal(let pieces): return .literal(Array(pieces.prefix(limit)))
        case .vocabulary: return .vocabulary(limit)
        case .filler(_, let size): return .filler(bytes: limit * 4, pieceBytes: size)
        }
    }

    /// The text up to the first stop sequence and that sequence; nil when none occurs.
    func cut(before sequences: [String]) -> (text: AnswerText, sequence: String)? {
        guard !sequences.isEmpty else { return nil }
        let whole = Array(text.utf8)
        var best: (start: Int, sequence: String)?
        for sequence in sequences {
            guard let start = whole.firstStart(of: Array(sequence.utf8)), start < best?.start ?? Int.max else {
                continue
            }
            best = (start, sequence)
        }
        guard let best else { return nil }
        return (AnswerText(String(decoding: whole[..<best.start], as: UTF8.self)), best.sequence)
    }
}
