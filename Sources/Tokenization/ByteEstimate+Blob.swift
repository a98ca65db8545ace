extension ByteEstimate {
    /// Bytes of binary data inside a JSON string, as the literal Python prints for it (`"b'…'"`), which is what deployments
    /// have always been charged for an attachment.
    ///
    /// Source: Python language reference "bytes literals".
    public static func bytes(ofBlob data: some Sequence<UInt8>) -> Int {
        var hasSingleQuote = false
        var hasDoubleQuote = false
        var singleQuotes = 0
        var count = 0
        for byte in data {
            switch byte {
            case UInt8(ascii: "\""):
                hasDoubleQuote = true
                count += 2
            case UInt8(ascii: "'"):
                hasSingleQuote = true
                singleQuotes += 1
            case UInt8(ascii: "\\"): count += 4
            case 0x09, 0x0A, 0x0D: count += 3
            case 0x20...0x7E: count += 1
            default: count += 5
            }
        }
        // Python delimits the literal by " when that saves escapes; the delimiters are escaped in JSON then.
        let delimitedByDoubleQuotes = hasSingleQuote && !hasDoubleQuote
        return count + singleQuotes * (delimitedByDoubleQuotes ? 1 : 3) + (delimitedByDoubleQuotes ? 7 : 5)
    }
}
