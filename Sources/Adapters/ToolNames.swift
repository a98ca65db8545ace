import AWS
import JSON

/// The names of a request's tools as the service accepts them, and back.
///
/// Source: AWS API reference "ToolSpecification": `[a-zA-Z0-9_-]{1,64}`; Nova fails on hyphens.
struct ToolNames: Sendable {
    static let maximumLength = 64

    let allowsHyphen: Bool
    private var wireNames: [ExactString: String] = [:]
    private var originals: [ExactString: String] = [:]

    init(allowsHyphen: Bool) {
        self.allowsHyphen = allowsHyphen
    }

    /// The name sent for a client's name; the first name to ask for a spelling gets it.
    mutating func wireName(for name: String) -> String {
        let key = ExactString(name)
        if let known = wireNames[key] { return known }
        var wireName = String(String.UnicodeScalarView(name.unicodeScalars.map { isAllowed($0) ? $0 : "_" }))
        if wireName.isEmpty || wireName.utf8.count > Self.maximumLength || originals[ExactString(wireName)] != nil {
            wireName = "\(wireName.prefix(Self.maximumLength - 9))_\(Self.digest(of: name))"
        }
        wireNames[key] = wireName
        originals[ExactString(wireName)] = name
        return wireName
    }

    /// The name sent for a tool that is not the client's: none of the client's has it.
    mutating func wireName(forOwn name: String) -> String {
        var name = name
        while wireNames[ExactString(name)] != nil { name += "_" }
        return wireName(for: name)
    }

    /// The client's name for one in an answer; a name that was not sent is passed through.
    func original(of wireName: String) -> String {
        originals[ExactString(wireName)] ?? wireName
    }

    private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_": true
        case "-": allowsHyphen
        default: false
        }
    }

    /// Eight hexadecimal digits, stable from turn to turn.
    private static func digest(of name: String) -> String {
        if let digest = try? SHA256.hexDigest(of: Array(name.utf8)) { return String(digest.prefix(8)) }
        // Without a working libcrypto nothing can be signed anyway; FNV-1a keeps the names apart.
        let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
