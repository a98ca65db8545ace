/// What STS answered.
/// Source: AWS STS API, `AssumeRole`, and "Common Errors".
enum STSAnswer: Sendable, Equatable {
    case credentials(AWSCredentials)
    case failure(code: String, message: String)
    /// A success without credentials in it, or no XML at all.
    case unintelligible

    /// Elements are found by their local names; unknown ones are skipped.
    init(status: Int, body: [UInt8]) {
        let root = try? XMLElement(parsing: body.starts(with: Self.byteOrderMark) ? Array(body.dropFirst(3)) : body)
        if (200..<300).contains(status) {
            guard let credentials = root?.first("Credentials"), let accessKeyID = credentials.text(of: "AccessKeyId"),
                let secretAccessKey = credentials.text(of: "SecretAccessKey"),
                let sessionToken = credentials.text(of: "SessionToken"),
                let expiration = credentials.text(of: "Expiration").flatMap({ UTCTime.unixSeconds(iso8601: $0) })
            else {
                self = .unintelligible
                return
            }
            self = .credentials(
                AWSCredentials(
                    accessKeyID: accessKeyID,
                    secretAccessKey: secretAccessKey,
                    sessionToken: sessionToken,
                    expiration: expiration
                )
            )
        } else if let error = root?.first("Error"), let code = error.text(of: "Code") {
            self = .failure(
                code: code,
                message: AWSErrorMessage.withoutCanonicalRequest(error.text(of: "Message") ?? "")
            )
        } else {
            self = .unintelligible
        }
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

extension XMLElement {
    /// The first element of that name, this one included, in document order.
    fileprivate func first(_ localName: String) -> XMLElement? {
        let ownName = name.utf8.lastIndex(of: UInt8(ascii: ":")).map { name.utf8[$0...].dropFirst() } ?? name.utf8[...]
        if ownName.elementsEqual(localName.utf8) { return self }
        for child in children {
            if let found = child.first(localName) { return found }
        }
        return nil
    }

    /// The text of the first element of that name, without white space around it; nil when there is none or it is empty.
    fileprivate func text(of localName: String) -> String? {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        guard let text = first(localName)?.text.utf8.drop(while: isSpace) else { return nil }
        let end = text.lastIndex { !isSpace($0) }
        return end.map { String(decoding: text[...$0], as: UTF8.self) }
    }
}
