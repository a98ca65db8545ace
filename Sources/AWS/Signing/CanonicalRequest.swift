/// The canonical form of a request, the text whose hash is signed.
/// Source: AWS General Reference, "Create a signed AWS API request", step 1.
public struct CanonicalRequest: Sendable, Equatable {
    public let method: String
    /// The path as sent, with dot segments removed, percent-encoded once more.
    public let uri: String
    /// Sorted by name, then value; encoded as it stands in the URL.
    public let queryString: String
    /// Lines `name:value`, each with its line feed, names sorted.
    public let headers: String
    /// The names, joined by semicolons.
    public let signedHeaders: String
    /// Lower-case hexadecimal SHA-256 of the body.
    public let payloadHash: String

    /// The text that is hashed.
    public var text: String {
        String(
            concatenating: method,
            "\n",
            uri,
            "\n",
            queryString,
            "\n",
            headers,
            "\n",
            signedHeaders,
            "\n",
            payloadHash
        )
    }

    /// - Parameters:
    ///   - url: the URL as it will be sent; the host is signed from it, a `Host` header among `headers` is not used.
    ///   - headers: what will be sent, `X-Amz-Date` and `X-Amz-Security-Token` included.
    ///   - selection: which of the headers are signed.
    init(
        method: String,
        url: URLParts,
        headers: [(name: String, value: String)],
        selection: SignedHeaderSelection,
        payloadHash: String
    ) throws(SigV4Error) {
        self.method = method
        self.payloadHash = payloadHash
        uri = Self.canonicalPath(url.path)
        queryString = Self.canonicalQuery(url.query ?? "")

        var values: [(name: String, value: String)] = [("host", url.hostHeader)]
        for header in headers {
            try Self.check(header)
            let name = header.name.lowercased()
            guard name != "host", selection.includes(name, path: url.path) else { continue }
            let value = Self.collapsed(header.value)
            if let known = values.firstIndex(where: { $0.name == name }) {
                values[known].value += "," + value
            } else {
                values.append((name, value))
            }
        }
        values.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var lines = ""
        var names = ""
        lines.reserveCapacity(values.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        names.reserveCapacity(128)
        for (name, value) in values {
            lines += name
            lines += ":"
            lines += value
            lines += "\n"
            if !names.isEmpty { names += ";" }
            names += name
        }
        self.headers = lines
        signedHeaders = names
    }

    private static func check(_ header: (name: String, value: String)) throws(SigV4Error) {
        let isName = !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
        guard isName, !header.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
            throw .unsafeHeader(name: isName ? header.name : "?")
        }
    }

    /// Trimmed, with inner runs of whitespace as one space.
    private static func collapsed(_ value: String) -> String {
        var previous = UInt8(ascii: " ")
        let isCollapsed = value.utf8.allSatisfy { byte in
            defer { previous = byte }
            return byte != 0x09 && (byte != 0x20 || previous != 0x20)
        }
        if isCollapsed, previous != 0x20 || value.isEmpty { return value }
        return value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    static func canonicalPath(_ path: String) -> String {
        PercentEncoding.encode(isNormal(path) ? path : normalised(path)) {
            PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "/")
        }
    }

    /// Begins with a slash and has no segment that is empty or begins with a dot: nearly all paths.
    private static func isNormal(_ path: String) -> Bool {
        var isAfterSlash = false
        for byte in path.utf8 {
            if isAfterSlash, byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
            isAfterSlash = byte == UInt8(ascii: "/")
        }
        return path.utf8.first == UInt8(ascii: "/")
    }

    private static func normalised(_ path: String) -> String {
        var segments: [Substring] = []
        for slice in path.utf8.split(separator: UInt8(ascii: "/")) {
            let segment = Substring(slice)
            if segment == "." { continue }
            if segment == ".." {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        let isFolder = path.hasSuffix("/") && !segments.isEmpty
        return "/" + segments.joined(separator: "/") + (isFolder ? "/" : "")
    }

    static func canonicalQuery(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair -> (name: Substring, value: Substring) in
            guard let equals = pair.firstIndex(of: "=") else { return (pair, "") }
            return (pair[..<equals], pair[pair.index(after: equals)...])
        }
        let sorted = pairs.sorted { left, right in
            if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
            return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
        }
        return sorted.map { $0.name + "=" + $0.value }.joined(separator: "&")
    }
}
