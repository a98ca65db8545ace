/// When the next token may leave. Tokens keep to a schedule, so that a late one does not delay the rest.
struct Pace {
    private let interval: UInt64
    private var due: UInt64

    /// - Parameter start: in nanoseconds of any clock that goes forward.
    init(interval: Duration?, start: UInt64) {
        let parts = (interval ?? .zero).components
        self.interval = UInt64(parts.seconds) * 1_000_000_000 + UInt64(parts.attoseconds / 1_000_000_000)
        due = start
    }

    mutating func restart(at now: UInt64) { due = now }

    /// How long to wait before so many tokens leave; nil when they may leave now.
    mutating func wait(tokens: Int, now: UInt64) -> Duration? {
        guard interval > 0, tokens > 0 else { return nil }
        due += interval * UInt64(tokens)
        return due > now ? .nanoseconds(Int64(due - now)) : nil
    }
}
