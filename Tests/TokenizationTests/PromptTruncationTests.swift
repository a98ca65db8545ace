import Testing

@testable import Tokenization

@Suite("Prompt truncation")
struct PromptTruncationTests {
    /// Lengths of system, user, assistant, user.
    static let lengths = [2, 3, 3, 4]

    static func run(_ partitions: [Int], _ limit: Int) -> PromptTruncation.Outcome {
        PromptTruncation.run(
            costs: lengths,
            partitions: partitions,
            limit: limit,
            keep: { $0 == 0 || $0 == 3 },
            tokens: \.cost
        )
    }

    @Test(arguments: [
        (12, PromptTruncation.Outcome.discarded([])), (11, .keptExceedsLimit(tokens: 12)),
    ])
    func pairs(_ limit: Int, _ outcome: PromptTruncation.Outcome) {
        #expect(Self.run([2, 2], limit) == outcome)
    }

    @Test(arguments: [
        (5, PromptTruncation.Outcome.keptExceedsLimit(tokens: 6)), (6, .discarded([1, 2])), (8, .discarded([1, 2])),
        (9, .discarded([1])), (11, .discarded([1])), (12, .discarded([])),
    ])
    func single(_ limit: Int, _ outcome: PromptTruncation.Outcome) {
        #expect(Self.run([], limit) == outcome)
    }

    @Test func noOlderSmallerGroupIsTried() {
        let outcome = PromptTruncation.run(
            costs: [1, 100, 1],
            partitions: [1, 1, 1],
            limit: 10,
            keep: { $0 == 2 },
            tokens: \.cost
        )
        #expect(outcome == .discarded([0, 1]))
    }

    /// What comes first may cost more than elsewhere.
    @Test func tokensDependOnWhatComesFirst() {
        var selections: [[Int?]] = []
        let outcome = PromptTruncation.run(
            costs: [5, 2, 3, 4],
            partitions: [1, 2, 1],
            limit: 12,
            keep: { $0 == 3 },
            tokens: { selection in
                selections.append([selection.first, selection.count, selection.cost])
                return selection.cost + (selection.first == 1 ? 3 : 0)
            }
        )
        #expect(outcome == .discarded([0]))
        #expect(selections == [[3, 1, 4], [1, 3, 9], [0, 4, 14]])
    }

    @Test func neverMoreThanTheLimitAndNeverPartsAGroup() {
        for limit in 0...40 {
            let lengths = [3, 1, 4, 1, 5, 9, 2, 6]
            let partitions = [2, 3, 1, 2]
            let outcome = PromptTruncation.run(
                costs: lengths,
                partitions: partitions,
                limit: limit,
                keep: { $0 == 7 },
                tokens: \.cost
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
            costs: [1, 1, 1],
            partitions: [1, 0, 7],
            limit: 1,
            keep: { $0 == 2 },
            tokens: \.count
        )
        #expect(outcome == .keptExceedsLimit(tokens: 2))
        #expect(
            PromptTruncation.run(costs: [1, 1, 1], partitions: [], limit: 1, keep: { $0 == 2 }, tokens: \.count)
                == .discarded([0, 1])
        )
        #expect(
            PromptTruncation.run(costs: [], partitions: [], limit: 0, keep: { _ in true }, tokens: \.count)
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
        #expect(TurnPartition.toolTransactions([.assistant, .user]) == [1, 1])
        #expect(TurnPartition.toolTransactions([.user, .user, .toolCall, .toolResult]) == [4])
        #expect(TurnPartition.toolTransactions([.toolResult, .toolCall, .user]) == [2, 1])
    }
}
