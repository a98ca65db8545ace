/// The path and the query of a URL in canonical form.
/// Source: AWS General Reference, "Create a signed AWS API request", step 1.
enum CanonicalURL {
    /// Appends the path as sent, with dot segments removed, percent-encoded once more.
    static func appendPath(of url: URLParts, to text: inout [UInt8]) {
        let path = isNormal(url.pathBytes) ? url.pathBytes : normalised(url.pathBytes)
        PercentEncoding.append(path, to: &text) { PercentEncoding.isUnreserved($0) || $0 == slash }
    }

    /// Appends the query sorted by name, then value; encoded as it stands in the URL.
    static func appendQuery(of url: URLParts, to text: inout [UInt8]) {
        guard let query = url.query else { return }
        let pairs = query.split(separator: UInt8(ascii: "&")).map { pair in
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (name: pair[..<equals], value: pair[equals...].dropFirst())
        }
        let sorted = pairs.sorted { left, right in
            if left.name != right.name { return left.name.lexicographicallyPrecedes(right.name) }
            return left.value.lexicographicallyPrecedes(right.value)
        }
        for (index, pair) in sorted.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            text.append(contentsOf: pair.name)
            text.append(UInt8(ascii: "="))
            text.append(contentsOf: pair.value)
        }
    }

    private static let slash = UInt8(ascii: "/")

    /// Begins with a slash and has no segment that is empty or begins with a dot: nearly all paths.
    private static func isNormal(_ path: ArraySlice<UInt8>) -> Bool {
        var isAfterSlash = false
        for byte in path {
            if isAfterSlash, byte == slash || byte == UInt8(ascii: ".") { return false }
            isAfterSlash = byte == slash
        }
        return path.first == slash
    }

    private static func normalised(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var segments: [ArraySlice<UInt8>] = []
        for segment in path.split(separator: slash) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        let isFolder = path.last == slash && !segments.isEmpty
        return [slash] + segments.joined(separator: [slash]) + (isFolder ? [slash] : [])
    }
}
