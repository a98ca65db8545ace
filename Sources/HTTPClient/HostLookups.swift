/// How many names of hosts are looked up at a time, of those that clients choose: any number of them may be names that nobody
/// answers for, and each takes a thread.
///
/// Decides only; `HTTPTransfer` tells when one begins and ends.
struct HostLookups {
    /// At a time, abandoned ones included.
    static let limit = 256
    /// Nanoseconds that the resolver may take, with more than one server and attempt.
    static let longest: UInt64 = 30_000_000_000

    private var active = 0
    /// When transfers were given up while their hosts' names were looked up: the threads that do go on for a while.
    private var abandoned: [UInt64] = []

    /// Whether another one may begin.
    /// - Parameter now: in monotonic nanoseconds.
    mutating func mayBegin(now: UInt64) -> Bool {
        abandoned.removeAll { $0 &+ Self.longest < now }
        return active + abandoned.count < Self.limit
    }

    mutating func begin() {
        active += 1
    }

    /// The name is known, or known to be none.
    mutating func end() {
        active -= 1
    }

    /// The transfer ends before its look-up.
    /// - Parameter now: in monotonic nanoseconds.
    mutating func abandon(now: UInt64) {
        active -= 1
        abandoned.append(now)
    }
}
