/// Base64 with the standard alphabet and padding. Source: RFC 4648, section 4.
public enum Base64 {
    public static func encode(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBufferPointer { encode($0) }
    }

    public static func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            alphabet.withUnsafeBufferPointer { alphabet in
                var written = 0
                var position = 0
                while position + 3 <= bytes.count {
                    let group =
                        UInt32(bytes[position]) << 16 | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2])
                    text[written] = alphabet[Int(group >> 18)]
                    text[written + 1] = alphabet[Int(group >> 12 & 63)]
                    text[written + 2] = alphabet[Int(group >> 6 & 63)]
                    text[written + 3] = alphabet[Int(group & 63)]
                    position += 3
                    written += 4
                }
                let rest = bytes.count - position
                if rest > 0 {
                    let second = rest == 2 ? UInt32(bytes[position + 1]) << 8 : 0
                    let group = UInt32(bytes[position]) << 16 | second
                    text[written] = alphabet[Int(group >> 18)]
                    text[written + 1] = alphabet[Int(group >> 12 & 63)]
                    text[written + 2] = rest == 2 ? alphabet[Int(group >> 6 & 63)] : padding
                    text[written + 3] = padding
                    written += 4
                }
                return written
            }
        }
    }

    /// Strict: nothing but the alphabet, complete groups, padding at the end only.
    /// - Returns: nil for any other text.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    /// As strict as for a `String`; nil for any other text.
    public static func decode(_ text: Substring) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    /// Line ends and other characters outside the alphabet do not count, nor does anything behind the padding.
    /// - Returns: nil when nothing is left without them, or an incomplete group.
    public static func decodeLeniently(_ text: String) -> [UInt8]? {
        if let bytes = decode(text) { return bytes }
        var known: [UInt8] = []
        known.reserveCapacity(text.utf8.count)
        var paddings = 0
        for byte in text.utf8 {
            if values[Int(byte)] < 64 {
                known.append(byte)
                paddings = 0
            } else if byte == padding, known.count % 4 >= 2 {
                paddings += 1
                if known.count % 4 + paddings == 4 {
                    known += Array(repeating: padding, count: paddings)
                    break
                }
            }
        }
        return known.isEmpty ? nil : known.withUnsafeBufferPointer { decode($0) }
    }

    /// As strict, on bytes of text that are read during the call only; no bytes, not nil, for an empty text.
    public static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { bytes, count in
            let written = decode(text, into: bytes)
            isValid = written != nil
            count = written ?? 0
        }
        return isValid ? bytes : nil
    }

    /// As strict.
    /// - Parameter bytes: room for three quarters of the text.
    /// - Returns: the number of bytes; nil when the text is none of this kind.
    public static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        into bytes: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        guard text.count % 4 == 0 else { return nil }
        guard !text.isEmpty else { return 0 }
        let paddings = text[text.count - 1] != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
        let wholeGroups = text.count / 4 - (paddings > 0 ? 1 : 0)
        return values.withUnsafeBufferPointer { values in
            // A character outside the alphabet has the value 0xFF; one look at the end finds any.
            var seen: UInt8 = 0
            for group in 0..<wholeGroups {
                let source = group * 4
                let target = group * 3
                let first = values[Int(text[source])]
                let second = values[Int(text[source + 1])]
                let third = values[Int(text[source + 2])]
                let fourth = values[Int(text[source + 3])]
                seen |= first | second | third | fourth
                bytes[target] = first << 2 | second >> 4
                bytes[target + 1] = second << 4 | third >> 2
                bytes[target + 2] = third << 6 | fourth
            }
            var count = wholeGroups * 3
            if paddings > 0 {
                let source = wholeGroups * 4
                let first = values[Int(text[source])]
                let second = values[Int(text[source + 1])]
                let third = paddings == 1 ? values[Int(text[source + 2])] : 0
                seen |= first | second | third
                bytes[count] = first << 2 | second >> 4
                count += 1
                if paddings == 1 {
                    bytes[count] = second << 4 | third >> 2
                    count += 1
                }
            }
            return seen < 64 ? count : nil
        }
    }

    private static let padding = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
