import JSON

/// The estimate for models whose tokenizer is not public: every UTF-8 byte is a token, which over-estimates on purpose.
///
/// Source: the adapter's table of deployments, "partially supported tokenization".
public enum ByteEstimate {
    /// Tokens of a text.
    public static func tokens(in text: String) -> Int {
        text.utf8.count
    }

    /// Bytes of a JSON value as Python's `json.dumps` writes it: separators `", "` and `": "`, everything outside ASCII as
    /// `\uXXXX`. Nothing is written; only lengths are added.
    public static func bytes(of value: JSON) -> Int {
        switch value {
        case .null: 4
        case .bool(let value): value ? 4 : 5
        case .number(let number): bytes(of: number)
        case .string(let text): bytes(ofQuoted: text)
        case .array(let elements):
            2 + separators(elements.count) + elements.reduce(0) { $0 + bytes(of: $1) }
        case .object(let members):
            2 + separators(members.count) + members.reduce(0) { $0 + bytes(ofQuoted: $1.key) + 2 + bytes(of: $1.value) }
        }
    }

    /// Bytes of a string literal with its quotes.
    public static func bytes(ofQuoted text: String) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            lengths.withUnsafeBufferPointer { lengths in
                bytes.reduce(2) { $0 + Int(lengths[Int($1)]) }
            }
        }
    }

    /// What each byte of UTF-8 adds. The first byte of a character stands for all of it: `\uXXXX`, two of them beyond the
    /// basic plane.
    private static let lengths: [UInt8] = (0...255).map { byte in
        switch byte {
        case 0x22, 0x5C, 0x08, 0x09, 0x0A, 0x0C, 0x0D: 2
        case 0x20..<0x7F: 1
        case 0x80..<0xC0: 0
        case 0xF0...: 12
        default: 6
        }
    }

    /// Python has words for a number beyond all doubles.
    private static func bytes(of number: JSONNumber) -> Int {
        let isInfinite = !number.isIntegerSpelling && number.doubleValue.isInfinite
        guard isInfinite else { return number.pythonSpelling.utf8.count }
        return number.spelling.hasPrefix("-") ? "-Infinity".utf8.count : "Infinity".utf8.count
    }

    private static func separators(_ count: Int) -> Int { max(0, count - 1) * 2 }
}
