import Testing

@testable import Tokenization

@Suite("Prompt truncation")
struct PromptTruncationTests {
    /// Lengths of system, user, assistant, user.
    static let lengths = [2, 3, 3, 4]

    static func run(_ partitions: [Int], _ limit: Int) -> PromptTruncation.Outcome {
        PromptTruncation.run(
            count: 4,
            partitions: partitions,
            limit: limit,
            keep: { $0 == 0 || $0 == 3 },
            tokens: { $0.reduce(0) { $0 + lengths[$1] } }
        )
    }

    @Test(arguments: [
        (12, PromptTruncation.Outcome.discarded([])), (11, .keptExceedsLimit(tokens: 12)),
    ])
    func pairs(_ limit: Int, _ outcome: PromptTruncation.Outcome) {
        #expect(Self.run(TurnPartition.pairs(4), limit) == outcome)
    }

    @Test(arguments: [
        (5, PromptTruncation.Outcome.keptExceedsLimit(tokens: 6)), (6, .discarded([1, 2])), (8, .discarded([1, 2])),
        (9, .discarded([1])), (11, .discarded([1])), (12, .discarded([])),
    ])
    func single(_ limit: Int, _ outcome: PromptTruncation.Outcome) {
        #expect(Self.run(TurnPartition.single(4), limit) == outcome)
    }

    @Test func noOlderSmallerGroupIsTried() {
        let lengths = [1, 100, 1]
        let outcome = PromptTruncation.run(
            count: 3,
            partitions: [1, 1, 1],
            limit: 10,
            keep: { $0 == 2 },
            tokens: { $0.reduce(0) { $0 + lengths[$1] } }
        )
        #expect(outcome == .discarded([0, 1]))
    }

    @Test func neverMoreThanTheLimitAndNeverPartsAGroup() {
        for limit in 0...40 {
            let lengths = [3, 1, 4, 1, 5, 9, 2, 6]
            let partitions = [2, 3, 1, 2]
            let outcome = PromptTruncation.run(
                count: 8,
                partitions: partitions,
                limit: limit,
                keep: { $0 == 7 },
                tokens: { $0.reduce(0) { $0 + lengths[$1] } }
            )
            guard case .discarded(let positions) = outcome else {
                #expect(limit < 8)
                continue
            }
            #expect(lengths.indices.filter { !positions.contains($0) }.reduce(0) { $0 + lengths[$1] } <= limit)
            #expect([0, 2, 5, 6, 8].contains(positions.count))
            #expect(positions == Array(0..<positions.count))
        }
    }

    @Test func wrongPartitionsAreMended() {
        let outcome = PromptTruncation.run(
            count: 3,
            partitions: [1, 0, 7],
            limit: 1,
            keep: { $0 == 2 },
            tokens: { $0.count }
        )
        #expect(outcome == .keptExceedsLimit(tokens: 2))
        #expect(
            PromptTruncation.run(count: 3, partitions: [], limit: 1, keep: { $0 == 2 }, tokens: { $0.count })
                == .discarded([0, 1])
        )
        #expect(
            PromptTruncation.run(count: 0, partitions: [], limit: 0, keep: { _ in true }, tokens: { $0.count })
                == .discarded([])
        )
    }

    @Test func toolTransactions() {
        typealias Turn = TurnPartition.Turn
        #expect(TurnPartition.toolTransactions([]) == [])
        #expect(TurnPartition.toolTransactions([.user, .assistant, .user]) == [2, 1])
        #expect(
            TurnPartition.toolTransactions([.user, .toolCall, .toolResult, .toolCall, .toolResult, .assistant, .user])
                == [6, 1]
        )
        #expect(TurnPartition.toolTransactions([.system, .system, .user, .assistant]) == [2, 2])
        #expect(TurnPartition.toolTransactions([.assistant, .user]) == [1, 1])
        #expect(TurnPartition.toolTransactions([.user, .user, .toolCall, .toolResult]) == [4])
        #expect(TurnPartition.toolTransactions([.toolResult, .toolCall, .user]) == [2, 1])
    }
}
