import AWS

/// The ids of a request's calls as the service accepts them, each of them once: other vendors' ids have other characters, and
/// some of their models number the calls of each answer anew.
struct CallIDs {
    /// Which ids a service takes.
    struct Rule {
        let punctuation: Set<Unicode.Scalar>
        let maximumLength: Int

        /// Source: Anthropic API reference "Messages": `^[a-zA-Z0-9_-]+$`.
        static let anthropic = Rule(punctuation: ["_", "-"], maximumLength: .max)
        /// Source: AWS API reference "ToolUseBlock": `[a-zA-Z0-9_.:-]{1,64}`.
        static let converse = Rule(punctuation: ["_", "-", ".", ":"], maximumLength: 64)
    }

    private let rule: Rule
    private var taken: Set<String> = []
    /// The number to try next behind a spelling that is taken.
    private var numbers: [String: Int] = [:]

    init(_ rule: Rule) {
        self.rule = rule
    }

    /// The id of the next call: the given one where that can be.
    mutating func next(_ given: String) -> String {
        let spelling = spelling(given)
        var id = spelling
        var number = numbers[spelling] ?? 2
        while taken.contains(id) {
            let suffix = "_\(number)"
            id = spelling.prefix(rule.maximumLength - suffix.utf8.count) + suffix
            number += 1
        }
        numbers[spelling] = number
        taken.insert(id)
        return id
    }

    private func spelling(_ given: String) -> String {
        let allowed = String(String.UnicodeScalarView(given.unicodeScalars.map { isAllowed($0) ? $0 : "_" }))
        if allowed.isEmpty { return "call" }
        guard allowed.utf8.count > rule.maximumLength else { return allowed }
        let digest = (try? SHA256.hexDigest(of: Array(given.utf8))) ?? ""
        return "\(allowed.prefix(rule.maximumLength - 9))_\(digest.prefix(8))"
    }

    private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: rule.punctuation.contains(scalar)
        }
    }
}
