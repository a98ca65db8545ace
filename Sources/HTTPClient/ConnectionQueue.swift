/// Who may use a connection: as many as the limit at a time, everybody else in the order they came.
///
/// Decides only; `ConnectionPermits` waits and resumes.
struct ConnectionQueue {
    let limit: Int
    /// Permits that are given out.
    private(set) var active = 0
    private var waiting: [Waiter] = []
    private var lastTicket: UInt64 = 0

    private struct Waiter {
        let ticket: UInt64
        let deadline: UInt64
    }

    init(limit: Int) {
        self.limit = limit
    }

    var waitingCount: Int { waiting.count }

    /// Monotonic nanoseconds at which the first waiter must give up; all wait equally long, so it is the soonest.
    var nextDeadline: UInt64? { waiting.first?.deadline }

    /// Asks for a permit.
    /// - Returns: nil when it is given, else the ticket to wait with.
    mutating func enter(deadline: UInt64) -> UInt64? {
        guard active >= limit else {
            active += 1
            return nil
        }
        lastTicket += 1
        waiting.append(Waiter(ticket: lastTicket, deadline: deadline))
        return lastTicket
    }

    /// Gives a permit back.
    /// - Returns: the ticket that it goes to at once, nil when nobody waits.
    mutating func leave() -> UInt64? {
        guard !waiting.isEmpty else {
            active -= 1
            return nil
        }
        return waiting.removeFirst().ticket
    }

    /// Takes back a ticket; false when it is not waiting any more.
    mutating func withdraw(_ ticket: UInt64) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// The ticket that has waited too long, if there is one; called until it returns nil.
    mutating func expire(now: UInt64) -> UInt64? {
        guard let first = waiting.first, first.deadline <= now else { return nil }
        return waiting.removeFirst().ticket
    }
}
