/// Drops the oldest parts of a conversation until the rest fits: `max_prompt_tokens` and `truncate_prompt`.
///
/// A partition is kept or dropped as a whole, so that a tool call is never parted from its result.
public enum PromptTruncation {
    public enum Outcome: Sendable, Hashable {
        /// The positions to drop, ascending.
        case discarded([Int])
        /// What must be kept takes more tokens than the limit.
        case keptExceedsLimit(tokens: Int)
    }

    /// - Parameters:
    ///   - count: number of messages.
    ///   - partitions: sizes of the groups in order; their sum is `count`. Anything else is mended: an overlong group is cut,
    ///     missing messages are groups of one.
    ///   - limit: the most tokens the kept messages may take.
    ///   - keep: whether a message must be kept; its whole partition is kept with it.
    ///   - tokens: counts the messages at the given positions, which are ascending. Called at most once for each partition,
    ///     and once for what must be kept.
    /// - Throws: what `tokens` throws.
    public static func run<Failure: Error>(
        count: Int,
        partitions: [Int],
        limit: Int,
        keep: (Int) -> Bool,
        tokens: ([Int]) throws(Failure) -> Int
    ) throws(Failure) -> Outcome {
        let ranges = ranges(partitions, count: count)
        var isKept = ranges.map { $0.contains(where: keep) }
        func positions(kept: Bool) -> [Int] {
            zip(ranges, isKept).flatMap { range, isKept in isKept == kept ? Array(range) : [] }
        }
        let required = try tokens(positions(kept: true))
        guard required <= limit else { return .keptExceedsLimit(tokens: required) }
        for index in ranges.indices.reversed() where !isKept[index] {
            isKept[index] = true
            // The first group that does not fit ends the walk: an older, smaller one would leave a hole.
            if try tokens(positions(kept: true)) > limit {
                isKept[index] = false
                break
            }
        }
        return .discarded(positions(kept: false))
    }

    private static func ranges(_ partitions: [Int], count: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for size in partitions where size > 0 && start < count {
            let end = min(count, start + size)
            ranges.append(start..<end)
            start = end
        }
        ranges += (start..<max(start, count)).map { $0..<$0 + 1 }
        return ranges
    }
}
