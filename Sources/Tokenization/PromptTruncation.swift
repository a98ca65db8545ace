/// Drops the oldest parts of a conversation until the rest fits: `max_prompt_tokens` and `truncate_prompt`.
///
/// A partition is kept or dropped as a whole, so that a tool call is never parted from its result.
public enum PromptTruncation {
    /// What to drop, or why dropping does not help.
    public enum Outcome: Sendable, Hashable {
        /// The positions to drop, ascending.
        case discarded([Int])
        /// What must be kept takes more tokens than the limit.
        case keptExceedsLimit(tokens: Int)
    }

    /// What is kept at some moment, so that its tokens are known without adding them all up again.
    public struct Selection: Sendable, Hashable {
        /// The position of its first message.
        public private(set) var first: Int?
        /// The number of its messages.
        public private(set) var count = 0
        /// The sum of its messages' costs.
        public private(set) var cost = 0

        /// All of some messages.
        public init(costs: [Int] = []) { add(costs.indices, costs) }

        mutating func add(_ range: Range<Int>, _ costs: [Int]) {
            guard !range.isEmpty else { return }
            first = min(first ?? range.lowerBound, range.lowerBound)
            count += range.count
            for position in range { cost += costs[position] }
        }
    }

    /// Takes time in proportion to the number of messages.
    /// - Parameters:
    ///   - costs: tokens of each message.
    ///   - partitions: sizes of the groups in order; their sum is the number of messages. Anything else is mended: an overlong
    ///     group is cut, missing messages are groups of one.
    ///   - limit: the most tokens the kept messages may take.
    ///   - keep: whether a message must be kept; its whole partition is kept with it.
    ///   - tokens: of the prompt that a selection makes, more or less than the sum of the costs. Called at most once for each
    ///     partition, and once for what must be kept.
    public static func run(
        costs: [Int],
        partitions: [Int],
        limit: Int,
        keep: (Int) -> Bool,
        tokens: (Selection) -> Int
    ) -> Outcome {
        let ranges = ranges(partitions, count: costs.count)
        var isKept = ranges.map { $0.contains(where: keep) }
        var selection = Selection()
        for (range, isKept) in zip(ranges, isKept) where isKept { selection.add(range, costs) }
        let required = tokens(selection)
        guard required <= limit else { return .keptExceedsLimit(tokens: required) }
        for index in ranges.indices.reversed() where !isKept[index] {
            selection.add(ranges[index], costs)
            // The first group that does not fit ends the walk: an older, smaller one would leave a hole.
            if tokens(selection) > limit { break }
            isKept[index] = true
        }
        return .discarded(zip(ranges, isKept).flatMap { range, isKept in isKept ? [] : Array(range) })
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
