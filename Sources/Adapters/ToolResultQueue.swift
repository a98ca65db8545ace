import JSON

/// The results of a turn, to be taken by the ids of the calls they answer; those of one id in their order.
struct ToolResultQueue<Result> {
    /// By id, the last one first.
    private var results: [ExactString: [Result]]
    private(set) var count: Int

    init(_ results: [Result], callID: (Result) -> String?) {
        self.results = Dictionary(grouping: results.reversed()) { ExactString(callID($0) ?? "") }
        count = results.count
    }

    mutating func take(_ id: String) -> Result? {
        guard let result = results[ExactString(id)]?.popLast() else { return nil }
        count -= 1
        return result
    }
}
