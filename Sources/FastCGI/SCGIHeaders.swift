/// The headers of an SCGI request.
struct SCGIHeaders {
    let pairs: [(name: String, value: String)]

    /// - Parameter bytes: `name NUL value NUL` as often as there are headers.
    init?(_ bytes: [UInt8]) {
        guard bytes.last == 0 else { return nil }
        let texts = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
        guard texts.count.isMultiple(of: 2) else { return nil }
        var pairs: [(name: String, value: String)] = []
        pairs.reserveCapacity(texts.count / 2)
        for index in stride(from: 0, to: texts.count, by: 2) {
            guard !texts[index].isEmpty else { return nil }
            pairs.append(
                (String(decoding: texts[index], as: UTF8.self), String(decoding: texts[index + 1], as: UTF8.self))
            )
        }
        self.pairs = pairs
    }

    /// Bytes of the body; nil unless `CONTENT_LENGTH` is the first header and a decimal number.
    var contentLength: Int? {
        guard let first = pairs.first, first.name == "CONTENT_LENGTH", !first.value.isEmpty,
            first.value.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(first.value)
    }

    var isSCGI: Bool {
        pairs.contains { $0.name == "SCGI" && $0.value == "1" }
    }
}
