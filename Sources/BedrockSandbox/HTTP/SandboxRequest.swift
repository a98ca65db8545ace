/// One HTTP request as the sandbox sees it: no socket, no FastCGI.
struct SandboxRequest: Sendable {
    /// Upper-case method, for example `POST`.
    var method: String
    /// The request target as it stood on the request line: escapes kept, with the query.
    var target: String
    /// Header fields in the order received; a name may repeat.
    var headers: [SandboxHeader] = []
    /// The whole body.
    var body: [UInt8] = []
    /// What the client may have meant by `Host` when a web server shortened it; tried in turn by signature checks.
    var otherHosts: [String] = []

    /// The first value of a header, its name compared without regard to case.
    func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }

    /// The path with its escapes, without the query.
    var rawPath: Substring {
        target.prefix { $0 != "?" }
    }

    /// The query without its question mark; empty when there is none.
    var rawQuery: Substring {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        return target[target.index(after: mark)...]
    }

    /// The path's segments with their escapes resolved. `%2F` inside a segment does not separate.
    var pathSegments: [String] {
        rawPath.split(separator: "/", omittingEmptySubsequences: true).map(PercentEncoding.decode)
    }
}

/// One header field.
struct SandboxHeader: Sendable, Equatable {
    /// In the sender's spelling: it is compared without regard to case.
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    func isNamed(_ other: String) -> Bool {
        name.utf8.count == other.utf8.count
            && zip(name.utf8, other.utf8).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}
