/// An absolute `http` or `https` URL taken apart, nothing decoded.
struct URLParts: Sendable, Equatable {
    /// `http` or `https`.
    let scheme: String
    /// Lower case; IPv6 addresses keep their brackets.
    let host: String
    let port: Int?
    /// As it stands, perhaps empty; starts with `/` otherwise.
    let pathBytes: ArraySlice<UInt8>
    /// Without the `?`; nil when there is none.
    let query: ArraySlice<UInt8>?

    /// `pathBytes` as text.
    var path: String { String(decoding: pathBytes, as: UTF8.self) }

    /// Nil for other schemes, user information, a missing host, a bad port, a fragment, spaces and control characters.
    init?(_ url: String) {
        // Bytes: walking a string's characters costs more than all the rest of signing.
        let bytes = Array(url.utf8)
        guard bytes.allSatisfy(Self.isAllowed), let scheme = Self.scheme(of: bytes) else { return nil }
        let rest = bytes[(scheme.utf8.count + 3)...]
        let authorityEnd = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        guard let authority = Self.splitAuthority(rest[..<authorityEnd]) else { return nil }
        self.scheme = scheme
        host = String(decoding: authority.host.map { $0.lowercased }, as: UTF8.self)
        port = authority.port
        let target = rest[authorityEnd...]
        if let mark = target.firstIndex(of: UInt8(ascii: "?")) {
            pathBytes = target[..<mark]
            query = target[(mark + 1)...]
        } else {
            pathBytes = target
            query = nil
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\\")
    }

    private static func scheme(of url: [UInt8]) -> String? {
        let start = String(decoding: url.prefix(8), as: UTF8.self).lowercased()
        return start == "https://" ? "https" : start.hasPrefix("http://") ? "http" : nil
    }

    private static func splitAuthority(_ authority: ArraySlice<UInt8>) -> (host: ArraySlice<UInt8>, port: Int?)? {
        guard !authority.contains(UInt8(ascii: "@")) else { return nil }
        var hostEnd = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = close + 1
            guard hostEnd == authority.endIndex || authority[hostEnd] == UInt8(ascii: ":") else { return nil }
        }
        let host = authority[..<hostEnd]
        guard !host.isEmpty, !host.elementsEqual("[]".utf8) else { return nil }
        let digits = authority[hostEnd...].dropFirst()
        guard !digits.isEmpty else { return (host, nil) }
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let port = Int(String(decoding: digits, as: UTF8.self)), port <= 65535
        else { return nil }
        return (host, port)
    }

    /// The value of the `Host` header: the port only when it is not the scheme's default.
    var hostHeader: String {
        guard let port, port != (scheme == "https" ? 443 : 80) else { return host }
        return host + ":" + String(port)
    }

    /// `127.0.0.0/8`, `::1` or `localhost`.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.first == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
