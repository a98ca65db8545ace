import AWS
import JSON

/// Ids for calls of legacy functions, which have none: their name, and a number from the second call on, because the service
/// refuses an id that comes twice.
///
/// Source: AWS API reference "ToolUseBlock": `[a-zA-Z0-9_.:-]{1,64}`.
struct FunctionCallIDs: Sendable {
    private static let maximumLength = 64

    private var counts: [ExactString: Int] = [:]

    /// The id of a further call of the function.
    mutating func next(_ name: String) -> String {
        counts[ExactString(name), default: 0] += 1
        return current(name)
    }

    /// The id of the last call of the function, which a result answers.
    func current(_ name: String) -> String {
        let base = Self.spelling(name)
        guard let count = counts[ExactString(name)], count > 1 else { return base }
        let suffix = ":\(count)"
        return base.prefix(Self.maximumLength - suffix.utf8.count) + suffix
    }

    /// Names with other characters are told apart by a digest.
    private static func spelling(_ name: String) -> String {
        let isValid = (1...maximumLength).contains(name.utf8.count) && name.unicodeScalars.allSatisfy(isAllowed)
        guard !isValid else { return name }
        let allowed = String(String.UnicodeScalarView(name.unicodeScalars.map { isAllowed($0) ? $0 : "_" }))
        let digest = (try? SHA256.hexDigest(of: Array(name.utf8))) ?? ""
        return "\(allowed.prefix(maximumLength - 9))_\(digest.prefix(8))"
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_", ".", ":", "-": true
        default: false
        }
    }
}
