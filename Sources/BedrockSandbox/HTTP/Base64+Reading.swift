import JSON

extension Base64 {
    /// How many bytes the text stands for, or nil when it is not base64.
    static func decodedCount(_ text: String) -> Int? { decode(text)?.count }

    /// The first bytes of what the text stands for, at most `limit`; padding may be missing.
    static func prefix(_ text: String, _ limit: Int) -> [UInt8] {
        let length = text.utf8.count
        var groups = Array(text.utf8.prefix(limit < length ? (limit + 2) / 3 * 4 : length))
        groups += repeatElement(UInt8(ascii: "="), count: (4 - groups.count % 4) % 4)
        let decoded = groups.withUnsafeBufferPointer { decode($0) } ?? []
        return Array(decoded.prefix(limit))
    }
}
