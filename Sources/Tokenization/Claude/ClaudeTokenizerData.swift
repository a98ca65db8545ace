import CClaudeTokenizer

/// The compiled tokenizer: tables that are read where they lie in the program's file.
///
/// The sections and their order are those of `layout.py`, which writes them.
struct ClaudeTokenizerData: @unchecked Sendable {
    static let embedded = ClaudeTokenizerData(base: UnsafeRawPointer(claude_tokenizer_data()))

    /// No token, no merge.
    static let none: UInt32 = .max

    private static let headerLength = 40
    private static let pairBits: UInt32 = 17
    private static let wordBits: UInt32 = 17
    private static let compositionBits: UInt32 = 11

    let byteTokens: UnsafePointer<UInt16>
    private let pairs: UnsafePointer<UInt32>
    private let words: UnsafePointer<UInt32>
    private let wordOffsets: UnsafePointer<UInt32>
    private let wordBytes: UnsafePointer<UInt8>
    private let stages: UnsafePointer<UInt16>
    private let blocks: UnsafePointer<UInt32>
    private let sequences: UnsafePointer<UInt32>
    private let compositions: UnsafePointer<UInt32>
    /// Properties of the 128 first code points.
    let ascii: UnsafePointer<UInt32>

    private init(base: UnsafeRawPointer) {
        func section<Element>(_ index: Int, of type: Element.Type) -> UnsafePointer<Element> {
            let offset = base.load(fromByteOffset: Self.headerLength + 8 * index, as: UInt32.self)
            return (base + Int(offset)).assumingMemoryBound(to: type)
        }
        byteTokens = section(0, of: UInt16.self)
        pairs = section(1, of: UInt32.self)
        words = section(2, of: UInt32.self)
        wordOffsets = section(3, of: UInt32.self)
        wordBytes = section(4, of: UInt8.self)
        stages = section(5, of: UInt16.self)
        blocks = section(6, of: UInt32.self)
        sequences = section(7, of: UInt32.self)
        compositions = section(8, of: UInt32.self)
        ascii = blocks + Int(stages[0]) << 7
    }

    /// The token two adjacent tokens merge into, or ``none``. The lower it is, the earlier it is merged.
    @inline(__always)
    func merge(_ left: UInt32, _ right: UInt32) -> UInt32 {
        let key = left << 16 | right
        var slot = Int((key &* 0x9E37_79B1) >> (32 - Self.pairBits))
        while true {
            let found = pairs[2 * slot]
            if found == key { return pairs[2 * slot + 1] }
            if found == Self.none { return Self.none }
            slot = (slot + 1) & (1 << Int(Self.pairBits) - 1)
        }
    }

    /// The token a word as a whole is encoded to, or ``none`` when it is not a single token.
    @inline(__always)
    func token(of word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in word { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        var slot = Int(((hash ^ hash >> 15) &* 0x9E37_79B1) >> (32 - Self.wordBits))
        while true {
            let token = words[slot]
            if token == Self.none { return Self.none }
            let start = Int(wordOffsets[Int(token)])
            if Int(wordOffsets[Int(token) + 1]) - start == word.count,
                UnsafeBufferPointer(start: wordBytes + start, count: word.count).elementsEqual(word)
            {
                return token
            }
            slot = (slot + 1) & (1 << Int(Self.wordBits) - 1)
        }
    }

    @inline(__always)
    func properties(of scalar: UInt32) -> CharacterProperties {
        CharacterProperties(bits: blocks[Int(stages[Int(scalar >> 7)]) << 7 + Int(scalar & 127)])
    }

    /// The full compatibility decomposition; empty when there is none.
    @inline(__always)
    func decomposition(_ properties: CharacterProperties) -> UnsafeBufferPointer<UInt32> {
        let place = sequences + Int(properties.bits >> 11)
        return UnsafeBufferPointer(start: place + 1, count: Int(place[0]))
    }

    /// The code point two code points compose to, or ``none``. Hangul is not in the table.
    func composition(_ first: UInt32, _ second: UInt32) -> UInt32 {
        var slot = Int((first &* 0x9E37_79B1 ^ second &* 0x85EB_CA6B) >> (32 - Self.compositionBits))
        while true {
            let entry = compositions + 4 * slot
            if entry[0] == first, entry[1] == second { return entry[2] }
            if entry[0] == Self.none { return Self.none }
            slot = (slot + 1) & (1 << Int(Self.compositionBits) - 1)
        }
    }
}

/// What the tokenizer has to know about a code point.
struct CharacterProperties {
    enum Class: UInt32 {
        case other = 0
        case letter, number, space
    }

    let bits: UInt32

    @inline(__always)
    var characterClass: UInt32 { bits & 3 }
    /// Normalization may change the character, or join it with what stands before it.
    @inline(__always)
    var isActive: Bool { bits & 4 != 0 }
    /// The canonical combining class.
    @inline(__always)
    var combiningClass: UInt8 { UInt8(truncatingIfNeeded: bits >> 3) }
}
