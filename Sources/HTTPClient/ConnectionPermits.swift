import EventLoop

/// Bounds the transfers of one client: who finds all permits given out waits for his turn. Used on the loop's thread.
final class ConnectionPermits: @unchecked Sendable {
    private enum Outcome { case admitted, timedOut, cancelled }

    private let loop: EventLoop
    private let timeout: Duration
    private var queue: ConnectionQueue
    private var continuations: [UInt64: UnsafeContinuation<Outcome, Never>] = [:]
    private lazy var timer = LoopTimer(loop: loop) { [unowned self] in expire() }

    init(limit: Int, timeout: Duration, loop: EventLoop) {
        queue = ConnectionQueue(limit: limit)
        self.timeout = timeout
        self.loop = loop
    }

    var waitingCount: Int { queue.waitingCount }

    /// Waits for a permit, which `release` gives back.
    /// - Throws: `HTTPError.poolExhausted` when none became free in time, `HTTPError.cancelled`.
    func acquire() async throws(HTTPError) {
        guard let ticket = queue.enter(deadline: EventLoop.now() &+ timeout.nanoseconds) else { return }
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Outcome, Never>) in
                // Cancelled before it could wait.
                guard !Task.isCancelled else {
                    _ = queue.withdraw(ticket)
                    return continuation.resume(returning: .cancelled)
                }
                continuations[ticket] = continuation
                setTimer()
            }
        } onCancel: {
            loop.execute { self.cancel(ticket) }
        }
        switch outcome {
        case .admitted: return
        case .timedOut: throw .poolExhausted
        case .cancelled: throw .cancelled
        }
    }

    func release() {
        if let next = queue.leave() { resume(next, .admitted) }
    }

    private func cancel(_ ticket: UInt64) {
        guard continuations[ticket] != nil, queue.withdraw(ticket) else { return }
        resume(ticket, .cancelled)
    }

    private func expire() {
        let now = EventLoop.now()
        while let ticket = queue.expire(now: now) { resume(ticket, .timedOut) }
        setTimer()
    }

    private func setTimer() {
        guard let deadline = queue.nextDeadline else { return timer.clear() }
        timer.set(at: deadline)
    }

    private func resume(_ ticket: UInt64, _ outcome: Outcome) {
        continuations.removeValue(forKey: ticket)?.resume(returning: outcome)
    }
}
