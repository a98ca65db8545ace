/// Marks for caching within the service's rules: the last four are sent, and none lives shorter than a later one. They are asked
/// for in the order tools, system prompt, messages.
///
/// Source: Anthropic API reference "Prompt caching"; AWS user guide "Prompt caching".
struct CacheMarks {
    static let most = 4

    enum Verdict {
        case kept, dropped
        /// For an hour instead of five minutes.
        case prolonged
    }

    private var surplus: Int
    /// Long-lived ones that were not asked for yet.
    private var longAhead: Int

    /// - Parameters:
    ///   - count: of all marks.
    ///   - long: how many of them live for an hour.
    ///   - notes: gets one on what is not sent.
    init(count: Int, long: Int, limit: Int = Self.most, _ notes: inout [String]) {
        surplus = max(0, count - limit)
        longAhead = long
        guard surplus > 0 else { return }
        notes.append("\(surplus) of \(count) cache breakpoints were not sent: the model takes \(limit)")
    }

    mutating func verdict(isLong: Bool) -> Verdict {
        if isLong { longAhead -= 1 }
        guard surplus == 0 else {
            surplus -= 1
            return .dropped
        }
        return longAhead > 0 && !isLong ? .prolonged : .kept
    }
}
