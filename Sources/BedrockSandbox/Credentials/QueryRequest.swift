/// A request of AWS's query protocol: a form with `Action` and `Version`.
///
/// Source: AWS "Query protocol", STS API reference "Common parameters".
struct QueryRequest: Sendable {
    private let fields: [String: String]

    /// Nil when the request is no posted form.
    init?(_ request: SandboxRequest) {
        let type = ASCII.lowercased(request.header("content-type") ?? "")
        guard request.method == "POST", type.hasPrefix("application/x-www-form-urlencoded") else { return nil }
        var fields: [String: String] = [:]
        for pair in request.body.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            fields[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
        self.fields = fields
    }

    subscript(name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// `NAME.member.1.Key` and `NAME.member.1.Value`, and so on.
    func pairs(_ name: String) -> [(key: String, value: String)] {
        var pairs: [(String, String)] = []
        while let key = fields["\(name).member.\(pairs.count + 1).Key"] {
            pairs.append((key, fields["\(name).member.\(pairs.count + 1).Value"] ?? ""))
        }
        return pairs
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        PercentEncoding.decode(
            String(decoding: bytes.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }, as: UTF8.self)
        )
    }
}
