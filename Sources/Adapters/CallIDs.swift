/// The ids of a request's calls as the service accepts them, each of them once: other vendors' ids have other characters,
/// some of their models number the calls of each answer anew, and legacy functions have their names alone.
struct CallIDs {
    private let rule: WireSpelling
    private var taken: Set<String> = []
    /// The number to try next behind a spelling that is taken, by what of it is left before a number: long ones may begin alike.
    private var numbers: [String: Int] = [:]

    /// Of calls that got a number for their id.
    private var count = 0

    init(_ rule: WireSpelling) {
        self.rule = rule
    }

    /// The id of the next call: the given one where that can be.
    mutating func next(_ given: String) -> String {
        if rule.isFixedLength { return nextNumber() }
        let spelling = spelling(given)
        let stem = String(spelling.prefix(rule.maximumLength - 2))
        var id = spelling
        var number = numbers[stem] ?? 2
        while taken.contains(id) {
            let suffix = "_\(number)"
            id = spelling.prefix(rule.maximumLength - suffix.utf8.count) + suffix
            number += 1
            numbers[stem] = number
        }
        taken.insert(id)
        return id
    }

    /// Digits alone, as many as the rule wants.
    private mutating func nextNumber() -> String {
        count += 1
        let digits = String(count)
        return String(repeating: "0", count: rule.maximumLength - digits.utf8.count) + digits
    }

    private func spelling(_ given: String) -> String {
        let allowed = rule.allowed(given)
        if allowed.isEmpty { return "call" }
        return allowed.utf8.count > rule.maximumLength ? rule.shortened(allowed, of: given) : allowed
    }
}

extension WireSpelling {
    /// Source: Anthropic API reference "Messages": `^[a-zA-Z0-9_-]+$`.
    static let anthropicCallID = WireSpelling(punctuation: ["_", "-"], maximumLength: .max)
    /// Source: AWS API reference "ToolUseBlock": `[a-zA-Z0-9_.:-]{1,64}`.
    static let converseCallID = WireSpelling(punctuation: ["_", "-", ".", ":"], maximumLength: 64)
    /// Mistral's: nine letters and digits.
    static let mistralCallID = WireSpelling(punctuation: [], maximumLength: 9, isFixedLength: true)
}
