/// The results of a turn, to be taken by the ids of the calls they answer; those of one id in their order.
struct ToolResultQueue<Result> {
    /// By the bytes of the id, since Unicode's equal spellings are ids of their own; the last one first.
    private var results: [[UInt8]: [Result]]
    private(set) var count: Int

    init(_ results: [Result], callID: (Result) -> String?) {
        self.results = Dictionary(grouping: results.reversed()) { Array((callID($0) ?? "").utf8) }
        count = results.count
    }

    mutating func take(_ id: String) -> Result? {
        guard let result = results[Array(id.utf8)]?.popLast() else { return nil }
        count -= 1
        return result
    }
}
