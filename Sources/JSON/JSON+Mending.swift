extension JSON {
    /// As ``init(mending:)``, with what Python writes for numbers beyond all others: `Infinity` is
    /// `1e999`, `NaN` is ``JSONNumber/nan``.
    public init(mendingPython bytes: some Collection<UInt8>) throws(JSONParseError) {
        do {
            try self.init(mending: bytes)
        } catch  where error.kind == .nonFiniteNumber {
            try self.init(mending: NonFiniteNumbers.mended(Array(bytes)))
        }
    }

    /// As ``init(parsing:)-(Collection<UInt8>)``, with U+FFFD in the place of escapes that are half of a surrogate pair:
    /// programs that cut texts by UTF-16 units write them, and no service takes them.
    public init(mending bytes: some Collection<UInt8>) throws(JSONParseError) {
        do {
            try self.init(parsing: bytes)
        } catch  where error.kind == .loneSurrogate {
            try self.init(parsing: SurrogateEscapes.mended(Array(bytes)))
        }
    }
}

extension JSONDocument {
    /// As ``parse(_:)-(UnsafeRawBufferPointer)``, with U+FFFD in the place of escapes that are half of a surrogate pair:
    /// whatever cuts a text by UTF-16 units writes them, and the rest of it is good.
    public func parse(mending bytes: UnsafeRawBufferPointer) throws(JSONParseError) {
        do {
            try parse(bytes)
        } catch  where error.kind == .loneSurrogate {
            try parse(SurrogateEscapes.mended(Array(bytes)))
        }
    }

    /// See ``parse(mending:)-(UnsafeRawBufferPointer)``.
    @inlinable
    public func parse(mending bytes: some Collection<UInt8>) throws(JSONParseError) {
        try bytes.lend { (bytes) throws(JSONParseError) in try parse(mending: bytes) }
    }
}

private enum SurrogateEscapes {
    private static let escapeLength = 6

    /// The same number of bytes. Outside strings a backslash is an error anyway, so strings need not be told apart.
    static func mended(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var index = 0
        while let backslash = bytes[index...].firstIndex(of: UInt8(ascii: "\\")) {
            guard let unit = unit(bytes, at: backslash) else {
                index = min(backslash + 2, bytes.count)
                continue
            }
            index = backslash + escapeLength
            switch unit {
            case 0xD800..<0xDC00:
                if let low = Self.unit(bytes, at: index), (0xDC00..<0xE000).contains(low) {
                    index += escapeLength
                } else {
                    bytes.replaceSubrange(backslash..<index, with: #"\uFFFD"#.utf8)
                }
            case 0xDC00..<0xE000: bytes.replaceSubrange(backslash..<index, with: #"\uFFFD"#.utf8)
            default: break
            }
        }
        return bytes
    }

    /// The code unit of a `\uXXXX` escape.
    private static func unit(_ bytes: [UInt8], at index: Int) -> UInt16? {
        guard index + escapeLength <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for digit in bytes[(index + 2)..<(index + escapeLength)] {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt16(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }
}

enum NonFiniteNumbers {
    static let words = ["NaN", "Infinity", "-Infinity"]

    /// For texts whose only defects these words are: outside strings, their first letters begin nothing else.
    static func mended(_ bytes: [UInt8]) -> [UInt8] {
        var mended: [UInt8] = []
        mended.reserveCapacity(bytes.count + 64)
        var isInString = false
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                isInString.toggle()
                mended.append(byte)
            case UInt8(ascii: "\\"):
                mended.append(byte)
                if let escaped = rest.popFirst() { mended.append(escaped) }
            case UInt8(ascii: "N") where !isInString:
                mended += JSONNumber.nan.spelling.utf8
                rest = rest.dropFirst(2)
            case UInt8(ascii: "I") where !isInString:
                mended += "1e999".utf8
                rest = rest.dropFirst(7)
            default:
                mended.append(byte)
            }
        }
        return mended
    }
}
