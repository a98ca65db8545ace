import DIAL

extension URLReference {
    /// The absolute form of a `Location` header. Source: RFC 3986, section 5.2.
    static func join(_ location: String, to base: String) -> String? {
        if URLReference.scheme(of: location) != nil { return location }
        guard let base = try? URLReference(base) else { return nil }
        if location.utf8.starts(with: "//".utf8) { return "\(base.scheme):\(location)" }
        let origin = "\(base.scheme)://\(base.host)" + (base.port.map { ":\($0)" } ?? "")
        let path = Substring(location.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        let rest = location[path.endIndex...]
        if path.isEmpty {
            let query = rest.utf8.first == UInt8(ascii: "?") ? "" : base.query.map { "?\($0)" } ?? ""
            return origin + (base.path.isEmpty ? "/" : base.path) + query + rest
        }
        if path.utf8.first == UInt8(ascii: "/") { return origin + withoutDots(path) + rest }
        let folder = base.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { base.path[...$0] } ?? "/"
        return origin + withoutDots(folder + path) + rest
    }

    /// `remove_dot_segments` of section 5.2.4; `path` begins with a slash.
    private static func withoutDots(_ path: Substring) -> String {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        var kept: [Substring] = []
        for segment in segments {
            switch dots(segment) {
            case 1: continue
            case 2: _ = kept.popLast()
            default: kept.append(Substring(segment))
            }
        }
        if let last = segments.last, dots(last) > 0 { kept.append("") }
        return "/" + kept.joined(separator: "/")
    }

    /// 1 for `.`, 2 for `..`, 0 for any other segment.
    private static func dots(_ segment: some Collection<UInt8>) -> Int {
        segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") } ? segment.count : 0
    }
}
