/// The parts of an absolute URL, strictly read: what different programs would read differently is refused.
///
/// Source: RFC 3986.
public struct URLReference: Sendable, Hashable {
    /// Lower case.
    public let scheme: String
    /// As written, up to the `@`.
    let userInfo: String?
    /// Lower case; an IPv6 address in its brackets; may be empty.
    public let host: String
    /// Only where written.
    public let port: Int?
    /// As written, blanks included, with its leading slash; may be empty.
    public let path: String
    /// As written, without the question mark.
    public let query: String?

    /// Why a text is no URL.
    public struct SyntaxError: Error, Sendable, Equatable {
        /// Continues a sentence about the URL: `it has no scheme`.
        public let reason: String
    }

    /// - Parameter text: with or without a fragment, which is dropped.
    public init(_ text: String) throws(SyntaxError) {
        try Self.checkCharacters(text)
        guard let scheme = Self.scheme(of: text) else { throw SyntaxError(reason: "it has no scheme") }
        self.scheme = scheme.lowercased()
        var rest = text[text.utf8.index(after: scheme.endIndex)...]
        // By bytes throughout: a mark after a delimiter makes one character of both, and a run of marks is slow to compare.
        if let fragment = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<fragment] }
        if let question = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = String(rest[rest.utf8.index(after: question)...])
            rest = rest[..<question]
        } else {
            query = nil
        }
        guard rest.utf8.starts(with: "//".utf8) else {
            (userInfo, host, port) = (nil, "", nil)
            path = String(rest)
            return
        }
        rest = Substring(rest.utf8.dropFirst(2))
        let pathStart = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        path = String(rest[pathStart...])
        var authority = rest[..<pathStart]
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            userInfo = String(authority[..<at])
            authority = authority[authority.utf8.index(after: at)...]
        } else {
            userInfo = nil
        }
        (host, port) = try Self.hostAndPort(authority)
    }

    /// The scheme at the start of a text, if it has one.
    public static func scheme(of text: String) -> Substring? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = text[..<colon]
        let isScheme =
            scheme.utf8.first.map(\.isLetter) == true
            && scheme.utf8.allSatisfy {
                $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
        return isScheme ? scheme : nil
    }

    /// Characters that a URL must not have become the escapes of their UTF-8.
    static func escaping(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            guard byte >= 0x80 || " \"<>^`{|}".utf8.contains(byte) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "%"))
            bytes += String(byte, radix: 16, uppercase: true).utf8
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Control characters and backslashes: programs disagree on what they mean in a URL.
    static func checkCharacters(_ text: String) throws(SyntaxError) {
        let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        if !isClean { throw SyntaxError(reason: "it contains a control character or a backslash") }
    }

    private static func hostAndPort(_ authority: Substring) throws(SyntaxError) -> (String, Int?) {
        var host = authority
        var port: Int?
        let bracket = authority.utf8.lastIndex(of: UInt8(ascii: "]"))
        if let colon = authority.utf8.lastIndex(of: UInt8(ascii: ":")), bracket.map({ $0 < colon }) ?? true {
            host = authority[..<colon]
            let digits = authority[authority.utf8.index(after: colon)...]
            if !digits.isEmpty {
                guard digits.utf8.allSatisfy(\.isDigit), let number = Int(digits), (1...65535).contains(number) else {
                    throw SyntaxError(reason: "its port is no number from 1 to 65535")
                }
                port = number
            }
        }
        if host.utf8.first == UInt8(ascii: "[") {
            let inside = host.utf8.dropFirst().dropLast()
            guard host.utf8.last == UInt8(ascii: "]"), inside.contains(UInt8(ascii: ":")),
                inside.allSatisfy({
                    $0.isHexadecimalDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
                })
            else { throw SyntaxError(reason: "its host is no IPv6 address") }
        } else {
            let isName = host.utf8.allSatisfy {
                $0.isLetter || $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
            guard isName else { throw SyntaxError(reason: "its host is no host name") }
        }
        return (host.lowercased(), port)
    }
}

extension URLReference {
    /// The port written, or that of http and https.
    var effectivePort: Int? {
        if let port { return port }
        switch scheme {
        case "http": return 80
        case "https": return 443
        default: return nil
        }
    }

    /// Same scheme, host and port: never a comparison of texts, since `http://core@elsewhere` begins like `http://core`.
    func hasSameOrigin(as other: URLReference) -> Bool {
        scheme == other.scheme && host == other.host && effectivePort == other.effectivePort
    }

    /// Some segment of a path is `.` or `..`, as servers may read it: percent-encoded, between encoded slashes or backslashes,
    /// with a parameter behind it (`..;`).
    ///
    /// Looks at bytes: a combining character after a slash would hide it from a comparison of characters.
    static func hasDotSegment(_ path: some StringProtocol) -> Bool {
        let segments = decodingPunctuation(Array(path.utf8)).split {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
        }
        return segments.contains { segment in
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            return name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
        }
    }

    /// With `.`, `/`, `\` and `;` in place of their escapes.
    private static func decodingPunctuation(_ path: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = path[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            let plain: Unicode.Scalar? =
                switch String(decoding: rest.prefix(2).map(\.lowercased), as: UTF8.self) {
                case "2e": "."
                case "2f": "/"
                case "5c": "\\"
                case "3b": ";"
                default: nil
                }
            decoded.append(plain.map { UInt8(ascii: $0) } ?? byte)
            if plain != nil { rest = rest.dropFirst(2) }
        }
        return decoded
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isHexadecimalDigit: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
}
