/// Percent-encoding as AWS wants it: RFC 3986 unreserved characters stay, all else becomes `%XX` in upper case.
public enum PercentEncoding {
    /// `A-Z a-z 0-9 - . _ ~`
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(Hexadecimal.upperDigit(byte >> 4))
        bytes.append(Hexadecimal.upperDigit(byte & 15))
    }

    /// Appends `text`, whole runs of kept bytes at a time.
    static func append(_ text: ArraySlice<UInt8>, to bytes: inout [UInt8], keeping isKept: (UInt8) -> Bool) {
        var start = text.startIndex
        for index in text.indices where !isKept(text[index]) {
            bytes.append(contentsOf: text[start..<index])
            append(text[index], to: &bytes)
            start = index + 1
        }
        bytes.append(contentsOf: text[start...])
    }

    static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        append(Array(text.utf8)[...], to: &bytes, keeping: isKept)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `text` as one segment of a URL path: `:` becomes `%3A`, `/` becomes `%2F`, so that an ARN is one segment.
    ///
    /// A segment of one or two dots would be taken as "this" or "parent" folder, so its dots are encoded as well.
    /// Source: Bedrock runtime API, the `modelId` URI parameter.
    public static func pathSegment(_ text: String) -> String {
        if text == "." || text == ".." {
            return encode(text) { _ in false }
        }
        return encode(text, keeping: isUnreserved)
    }

    /// `application/x-www-form-urlencoded` as botocore writes it: a space becomes `+`.
    static func formValue(_ text: String) -> String {
        let space = UInt8(ascii: " ")
        let encoded = encode(text) { isUnreserved($0) || $0 == space }
        return String(decoding: encoded.utf8.map { $0 == space ? UInt8(ascii: "+") : $0 }, as: UTF8.self)
    }
}
