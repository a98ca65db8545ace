/// Groups the turns of a conversation so that each group makes sense alone.
public enum TurnPartition {
    /// What a turn is to the grouping.
    public enum Turn: Sendable, Hashable {
        case user
        /// A user turn that answers tool calls.
        case toolResult
        case assistant
        /// An assistant turn that calls tools.
        case toolCall
    }

    /// Sizes of groups of the form `user* (tool call | tool result)* assistant*`.
    public static func toolTransactions(_ turns: [Turn]) -> [Int] {
        var sizes: [Int] = []
        var index = 0
        func run(_ kinds: Set<Turn>) {
            while index < turns.count, kinds.contains(turns[index]) { index += 1 }
        }
        while index < turns.count {
            let start = index
            run([.user])
            run([.toolCall, .toolResult])
            run([.assistant])
            sizes.append(index - start)
        }
        return sizes
    }
}
