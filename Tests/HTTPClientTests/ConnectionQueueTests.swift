import RandomTesting
import Testing

@testable import HTTPClient

@Suite("Who may have a connection")
struct ConnectionQueueTests {
    @Test func upToTheLimitNobodyWaits() {
        let queue = Line(limit: 3)
        for _ in 0..<3 { #expect(queue.enter(deadline: 10) == nil) }
        #expect(queue.active == 3)
        #expect(queue.enter(deadline: 10) != nil)
        #expect(queue.active == 3 && queue.waitingCount == 1)
    }

    @Test func permitsGoToThoseWhoWaitInTheirOrder() throws {
        let queue = Line(limit: 1)
        #expect(queue.enter(deadline: 0) == nil)
        let tickets = try (1...4).map { try #require(queue.enter(deadline: $0)) }
        #expect(Set(tickets).count == 4)
        var served: [UInt64] = []
        while queue.waitingCount > 0 {
            served.append(try #require(queue.leave()))
            // A permit that changes hands is never free: nobody overtakes.
            #expect(queue.active == 1)
        }
        #expect(served == tickets)
        #expect(queue.leave() == nil)
        #expect(queue.active == 0)
        #expect(queue.enter(deadline: 0) == nil)
    }

    @Test func whoWithdrawsLeavesNoGap() throws {
        let queue = Line(limit: 1)
        _ = queue.enter(deadline: 0)
        let first = try #require(queue.enter(deadline: 1))
        let second = try #require(queue.enter(deadline: 2))
        #expect(queue.withdraw(first))
        #expect(!queue.withdraw(first))
        #expect(queue.nextDeadline == 2)
        #expect(queue.leave() == second)
        #expect(!queue.withdraw(second))
    }

    @Test func patienceEndsInOrder() throws {
        let queue = Line(limit: 1)
        _ = queue.enter(deadline: 0)
        let first = try #require(queue.enter(deadline: 10))
        let second = try #require(queue.enter(deadline: 20))
        #expect(queue.expire(now: 9) == nil)
        #expect(queue.expire(now: 10) == first)
        #expect(queue.expire(now: 10) == nil)
        #expect(queue.nextDeadline == 20)
        #expect(queue.expire(now: 99) == second)
        #expect(queue.nextDeadline == nil)
        // Who gave up holds no permit.
        #expect(queue.active == 1)
        #expect(queue.leave() == nil)
    }

    /// Any sequence of arrivals, ends and withdrawals keeps the limit and serves in order.
    @Test(arguments: 0..<20) func randomSequences(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let queue = Line(limit: 4)
        var waiting: [UInt64] = []
        var active = 0
        for step in 0..<2000 {
            switch random.next() % 4 {
            case 0, 1:
                if let ticket = queue.enter(deadline: UInt64(step)) { waiting.append(ticket) } else { active += 1 }
            case 2 where active > 0:
                if let next = queue.leave() {
                    #expect(next == waiting.removeFirst())
                } else {
                    #expect(waiting.isEmpty)
                    active -= 1
                }
            default:
                guard let index = waiting.indices.randomElement(using: &random) else { continue }
                #expect(queue.withdraw(waiting.remove(at: index)))
            }
            #expect(queue.active == active && active <= 4)
            #expect(queue.waitingCount == waiting.count)
            #expect(waiting.isEmpty || active == 4)
        }
    }
}

/// The queue behind a reference, so that an expectation may change it.
private final class Line {
    private var queue: ConnectionQueue

    init(limit: Int) {
        queue = ConnectionQueue(limit: limit)
    }

    var active: Int { queue.active }
    var waitingCount: Int { queue.waitingCount }
    var nextDeadline: UInt64? { queue.nextDeadline }
    func enter(deadline: UInt64) -> UInt64? { queue.enter(deadline: deadline) }
    func leave() -> UInt64? { queue.leave() }
    func withdraw(_ ticket: UInt64) -> Bool { queue.withdraw(ticket) }
    func expire(now: UInt64) -> UInt64? { queue.expire(now: now) }
}
