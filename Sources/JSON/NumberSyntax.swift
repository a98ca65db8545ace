/// The grammar of numbers, RFC 8259 section 6.
enum NumberSyntax {
    /// Bytes of the longest number at the start of `text`; 0 when none starts there.
    ///
    /// A fraction or an exponent without digits does not belong to the number: of `1.x` it is the `1`.
    static func length(in text: UnsafeRawBufferPointer) -> Int {
        var position = 0
        func digits(at start: Int) -> Int {
            var end = start
            while end < text.count, isDigit(text[end]) { end += 1 }
            return end - start
        }
        if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
        guard position < text.count, isDigit(text[position]) else { return 0 }
        position += text[position] == UInt8(ascii: "0") ? 1 : digits(at: position)
        if position < text.count, text[position] == UInt8(ascii: ".") {
            let fraction = digits(at: position + 1)
            if fraction > 0 { position += 1 + fraction }
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            var start = position + 1
            if start < text.count, text[start] == UInt8(ascii: "+") || text[start] == UInt8(ascii: "-") { start += 1 }
            let exponent = digits(at: start)
            if exponent > 0 { position = start + exponent }
        }
        return position
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
