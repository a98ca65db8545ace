/// Splits normalized text into the words that are encoded one by one, covering all of it.
///
/// At every position the first alternative that matches:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
///
/// Source: Hugging Face "Tokenizers: pre-tokenizers, ByteLevel".
struct PreTokenizer {
    /// Valid UTF-8.
    let text: UnsafeBufferPointer<UInt8>
    let data: ClaudeTokenizerData
    private var position = 0

    init(text: UnsafeBufferPointer<UInt8>, data: ClaudeTokenizerData) {
        self.text = text
        self.data = data
    }

    private static let space = CharacterProperties.Class.space.rawValue

    mutating func next() -> Range<Int>? {
        let start = position
        guard start < text.count else { return nil }
        let first = character(at: start)
        if first.characterClass == Self.space {
            position = endOfSpace(from: start, first: first)
        } else if text[start] == UInt8(ascii: "'"), let length = contraction(at: start + 1) {
            position = start + 1 + length
        } else {
            position = endOfRun(of: first.characterClass, from: start + first.length)
        }
        return start..<position
    }

    private func endOfSpace(from start: Int, first: Character) -> Int {
        var lastStart = start
        var end = start + first.length
        while end < text.count {
            let next = character(at: end)
            guard next.characterClass == Self.space else {
                // Of the run's last character a space belongs to the word after it; any other stands alone.
                if lastStart > start { return lastStart }
                guard text[start] == UInt8(ascii: " ") else { return end }
                return endOfRun(of: next.characterClass, from: end + next.length)
            }
            lastStart = end
            end += next.length
        }
        return end
    }

    private func endOfRun(of characterClass: UInt32, from start: Int) -> Int {
        var end = start
        while end < text.count {
            let next = character(at: end)
            guard next.characterClass == characterClass else { break }
            end += next.length
        }
        return end
    }

    /// The length of an English contraction's letters after the apostrophe.
    private func contraction(at position: Int) -> Int? {
        guard position < text.count else { return nil }
        switch text[position] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 1
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return follows(UInt8(ascii: "e"), position)
        case UInt8(ascii: "l"): return follows(UInt8(ascii: "l"), position)
        default: return nil
        }
    }

    private func follows(_ byte: UInt8, _ position: Int) -> Int? {
        position + 1 < text.count && text[position + 1] == byte ? 2 : nil
    }

    private struct Character {
        let characterClass: UInt32
        /// In bytes.
        let length: Int
    }

    @inline(__always)
    private func character(at position: Int) -> Character {
        let byte = text[position]
        if byte < 0x80 { return Character(characterClass: data.ascii[Int(byte)] & 3, length: 1) }
        let (scalar, length) = UTF8Scalar.decode(text, at: position)
        return Character(characterClass: data.properties(of: scalar).characterClass, length: length)
    }
}

/// Code points of text that is known to be valid UTF-8.
enum UTF8Scalar {
    @inline(__always)
    static func decode(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> (scalar: UInt32, length: Int) {
        let first = UInt32(text[position])
        if first < 0x80 { return (first, 1) }
        func continuation(_ offset: Int) -> UInt32 { UInt32(text[position + offset]) & 0x3F }
        if first < 0xE0 { return ((first & 0x1F) << 6 | continuation(1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | continuation(1) << 6 | continuation(2), 3) }
        return ((first & 0x07) << 18 | continuation(1) << 12 | continuation(2) << 6 | continuation(3), 4)
    }

    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case ..<0x80: bytes.append(UInt8(scalar))
        case ..<0x800: bytes += [UInt8(0xC0 | scalar >> 6), UInt8(0x80 | scalar & 0x3F)]
        case ..<0x10000:
            bytes += [UInt8(0xE0 | scalar >> 12), UInt8(0x80 | scalar >> 6 & 0x3F), UInt8(0x80 | scalar & 0x3F)]
        default:
            bytes += [
                UInt8(0xF0 | scalar >> 18), UInt8(0x80 | scalar >> 12 & 0x3F), UInt8(0x80 | scalar >> 6 & 0x3F),
                UInt8(0x80 | scalar & 0x3F),
            ]
        }
    }
}
