/// Characters that are ends of lines to some clients, though not by the rules of event streams: they split an event in its
/// middle.
///
/// Source: WHATWG HTML "Parsing an event stream"; Python library reference "str.splitlines".
enum LineSeparators {
    /// The same JSON with U+0085, U+2028 and U+2029 as escapes. They stand in strings only.
    static func escaping(_ json: [UInt8]) -> [UInt8] {
        json.withUnsafeBytes { bytes -> [UInt8]? in
            var escaped: [UInt8] = []
            var start = 0
            while let separator = next(in: bytes, from: start) {
                escaped.append(contentsOf: bytes[start..<separator.startIndex])
                let digits =
                    switch bytes[separator.endIndex - 1] {
                    case 0x85: "0085"
                    case 0xA8: "2028"
                    default: "2029"
                    }
                escaped.append(contentsOf: "\\u\(digits)".utf8)
                start = separator.endIndex
            }
            guard start > 0 else { return nil }
            escaped.append(contentsOf: bytes[start...])
            return escaped
        } ?? json
    }

    /// The place of the first one: `C2 85`, `E2 80 A8` or `E2 80 A9` in UTF-8.
    private static func next(in json: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        var position = start
        while position < json.count {
            // Eight bytes of ASCII at a time.
            if position + 8 <= json.count,
                json.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                position += 8
                continue
            }
            switch json[position] {
            case 0xC2 where position + 1 < json.count && json[position + 1] == 0x85:
                return position..<position + 2
            case 0xE2
            where position + 2 < json.count && json[position + 1] == 0x80 && json[position + 2] & 0xFE == 0xA8:
                return position..<position + 3
            default:
                position += 1
            }
        }
        return nil
    }
}
