/// An absolute `http` or `https` URL taken apart, nothing decoded.
struct URLParts: Sendable, Equatable {
    /// Lower case.
    var scheme: String
    /// Lower case; IPv6 addresses keep their brackets.
    var host: String
    var port: Int?
    /// As it stands, perhaps empty; starts with `/` otherwise.
    var path: String
    /// Without the `?`; nil when there is none.
    var query: String?

    /// Nil for other schemes, user information, a missing host, a bad port, a fragment, spaces and control characters.
    init?(_ url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        // Byte by byte: walking a string's characters costs more than all the rest of signing.
        let bytes = url.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            return nil
        }
        scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = bytes[colon...].dropFirst(3)
        guard !rest.contains(where: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "\\") }) else { return nil }
        let authorityEnd = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        guard let authority = Self.splitAuthority(url[rest.startIndex..<authorityEnd]) else { return nil }
        host = authority.host.lowercased()
        port = authority.port
        let target = rest[authorityEnd...]
        if let mark = target.firstIndex(of: UInt8(ascii: "?")) {
            path = String(url[authorityEnd..<mark])
            query = String(url[bytes.index(after: mark)...])
        } else {
            path = String(url[authorityEnd...])
            query = nil
        }
    }

    private static func splitAuthority(_ authority: Substring) -> (host: Substring, port: Int?)? {
        guard !authority.utf8.contains(UInt8(ascii: "@")) else { return nil }
        var host = authority
        var portText: Substring?
        if authority.utf8.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[...close]
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.first == ":" else { return nil }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.utf8.firstIndex(of: UInt8(ascii: ":")) {
            host = authority[..<colon]
            portText = authority[authority.utf8.index(after: colon)...]
        }
        guard !host.isEmpty, host != "[]" else { return nil }
        guard let portText, !portText.isEmpty else { return (host, nil) }
        guard portText.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = Int(portText), port <= 65535 else {
            return nil
        }
        return (host, port)
    }

    /// The value of the `Host` header: the port only when it is not the scheme's default.
    var hostHeader: String {
        guard let port, port != (scheme == "https" ? 443 : 80) else { return host }
        return "\(host):\(port)"
    }

    /// `127.0.0.0/8`, `::1` or `localhost`.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.first == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
