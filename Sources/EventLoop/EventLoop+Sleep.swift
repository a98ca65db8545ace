extension EventLoop {
    /// Suspends the calling task; wakes early with an error when the task is cancelled.
    /// The task must run on this loop.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let sleeper = Sleeper(loop: self)
        await withTaskCancellationHandler {
            await sleeper.wait(for: duration)
        } onCancel: {
            self.execute { sleeper.wake() }
        }
        if Task.isCancelled { throw CancellationError() }
    }
}

/// One suspended task and the timer that wakes it.
private final class Sleeper: @unchecked Sendable {
    private var continuation: UnsafeContinuation<Void, Never>?
    private var timer: LoopTimer?
    private var isAwake = false
    private let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
    }

    func wait(for duration: Duration) async {
        await withUnsafeContinuation { continuation in
            if isAwake { return continuation.resume() }
            self.continuation = continuation
            let timer = LoopTimer(loop: loop) { [unowned self] in wake() }
            timer.set(after: duration)
            self.timer = timer
        }
    }

    func wake() {
        isAwake = true
        timer?.invalidate()
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}
