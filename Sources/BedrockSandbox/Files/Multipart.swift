/// The part named `file` of a `multipart/form-data` body.
///
/// Source: RFC 7578, RFC 2046 section 5.1.
enum Multipart {
    struct Part: Equatable {
        var contentType: String
        var bytes: [UInt8]
    }

    static func file(in request: SandboxRequest) -> Part? {
        guard let type = request.header("content-type"), let boundary = boundary(of: type) else { return nil }
        // A delimiter stands at the start of a line; the line break before it belongs to it.
        let separator = Array(("\r\n--" + boundary).utf8)
        var body = (Array("\r\n".utf8) + request.body)[...]
        guard let first = delimiter(separator, in: body) else { return nil }
        body = body[(first + separator.count)...]
        while let end = delimiter(separator, in: body) {
            if let part = part(Array(body[..<end])) { return part }
            body = body[(end + separator.count)...]
        }
        return nil
    }

    /// Where the next delimiter begins: the separator, and behind it the end of the line or of the body.
    private static func delimiter(_ separator: [UInt8], in body: ArraySlice<UInt8>) -> Int? {
        var rest = body
        while let start = rest.firstStart(of: separator) {
            let behind = rest[(start + separator.count)...]
            let afterBlanks = behind.drop { $0 == 0x20 || $0 == 0x09 }
            if behind.starts(with: Array("--".utf8)) || afterBlanks.starts(with: Array("\r\n".utf8)) { return start }
            rest = rest[(start + 1)...]
        }
        return nil
    }

    private static func boundary(of contentType: String) -> String? {
        let parts = contentType.split(separator: ";").map(ASCII.trimmed)
        guard let type = parts.first, ASCII.lowercased(type) == "multipart/form-data" else { return nil }
        for part in parts.dropFirst() where ASCII.lowercased(part.prefix(9)) == "boundary=" {
            let value = part.dropFirst(9)
            let unquoted = value.hasPrefix("\"") && value.hasSuffix("\"") ? value.dropFirst().dropLast() : value
            return unquoted.isEmpty ? nil : String(unquoted)
        }
        return nil
    }

    /// Reads one part; nil when it is not named `file`.
    private static func part(_ bytes: [UInt8]) -> Part? {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstStart(of: blank) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        var contentType = "application/octet-stream"
        var isFile = false
        for line in lines {
            let field = line.split(separator: ":", maxSplits: 1)
            guard field.count == 2 else { continue }
            let value = ASCII.trimmed(field[1])
            switch ASCII.lowercased(field[0]) {
            case "content-type": contentType = value
            case "content-disposition":
                isFile = value.split(separator: ";").map(ASCII.trimmed).contains {
                    $0 == "name=\"file\"" || $0 == "name=file"
                }
            default: continue
            }
        }
        return isFile ? Part(contentType: contentType, bytes: Array(bytes[(end + blank.count)...])) : nil
    }
}
