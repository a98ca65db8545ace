extension JSONWriter {
    /// Appends `text` as a JSON string with its quotes.
    ///
    /// Only what JSON requires is escaped: the quote, the backslash and the characters below U+0020.
    public static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { appendEscaped($0, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends valid UTF-8 as the inside of a JSON string.
    static func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var runStart = 0
        var position = text.firstToEscape(from: 0)
        // Nearly all texts.
        guard position < text.count else { return bytes.append(contentsOf: text) }
        while position < text.count {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[runStart..<position]))
            appendEscape(of: text[position], to: &bytes)
            runStart = position + 1
            position = text.firstToEscape(from: runStart)
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[runStart...]))
    }

    /// For a quote, a backslash or a control character.
    static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default: appendHexadecimal(UInt16(byte), to: &bytes)
        }
    }

    /// The part of a `\uXXXX` escape after its backslash.
    static func appendHexadecimal(_ unit: UInt16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "u"))
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: unit >> UInt16(shift) & 0xF)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first byte from `start` on that may not stand in a JSON string as it is, or `count`.
    func firstToEscape(from start: Int) -> Int {
        var position = start
        let bytes = UnsafeRawBufferPointer(self)
        // Eight bytes at a time: of each byte, the highest bit of the result tells whether it is one to escape. A carry
        // may also mark a byte behind such a one, never one before the first.
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highBits: UInt64 = 0x8080_8080_8080_8080
        while position + 8 <= count {
            let chunk = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quotes = chunk ^ (ones &* 0x22)
            let backslashes = chunk ^ (ones &* 0x5C)
            let marks =
                ((chunk &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)) & ~chunk & highBits
            if marks != 0 { return position + marks.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < count {
            let byte = self[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return position }
            position += 1
        }
        return count
    }
}
