/// A timer of one event loop that can be set again and again at no more cost than a store.
///
/// Moving the deadline later only changes a field: the queue entry fires early, sees the new deadline and goes back.
/// That is what makes one idle timeout per stream free of cost per event. Used on its loop's thread only.
public final class LoopTimer: @unchecked Sendable {
    /// Monotonic nanoseconds, nil while the timer is not set.
    fileprivate(set) var deadline: UInt64?
    /// The earliest entry that the queue holds for this timer, so that it never holds two for the same purpose.
    fileprivate var queuedAt: UInt64?
    fileprivate var action: () -> Void
    fileprivate private(set) var isInvalid = false
    private unowned let loop: EventLoop

    /// - Parameters:
    ///   - loop: must outlive the timer.
    ///   - action: called on the loop's thread when the timer is due; held until `invalidate()`.
    public init(loop: EventLoop, action: @escaping () -> Void) {
        self.loop = loop
        self.action = action
    }

    /// Replaces an earlier deadline; 0 and less is due with the loop's next turn.
    public func set(after delay: Duration) {
        set(at: EventLoop.now() &+ delay.nanoseconds)
    }

    /// - Parameter instant: monotonic nanoseconds, as `EventLoop.now()`.
    public func set(at instant: UInt64) {
        guard !isInvalid else { return }
        deadline = instant
        let earlier = queuedAt
        if let earlier, earlier <= instant { return }
        loop.timers.add(self, at: instant)
        if earlier != nil { loop.timers.abandonEntry() }
    }

    /// The action is not called; the timer may be set again.
    public func clear() {
        deadline = nil
    }

    /// Clears the timer and lets go of what its action holds.
    public func invalidate() {
        guard !isInvalid else { return }
        isInvalid = true
        deadline = nil
        action = {}
        if queuedAt != nil { loop.timers.abandonEntry() }
    }
}

/// The timers of a loop, soonest first: a binary heap.
struct TimerQueue {
    private(set) var heap: [(instant: UInt64, timer: LoopTimer)] = []
    /// Entries of invalidated timers, and those that an earlier one has taken the place of. A request's idle timer is due ten
    /// minutes after the request is answered: left alone, the entries of ten minutes of requests would wait here.
    private var abandoned = 0

    /// Notes that one entry is of no more use, and sweeps when most are.
    mutating func abandonEntry() {
        abandoned += 1
        guard abandoned >= 128, abandoned * 2 > heap.count else { return }
        abandoned = 0
        heap.removeAll { $0.timer.isInvalid || $0.timer.queuedAt != $0.instant }
        // What is sorted is a heap.
        heap.sort { $0.instant < $1.instant }
    }

    var next: UInt64? { heap.first?.instant }

    mutating func add(_ timer: LoopTimer, at instant: UInt64) {
        timer.queuedAt = instant
        heap.append((instant, timer))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].instant < heap[parent].instant else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The action of one timer that is due, nil when none is.
    mutating func nextDue(at now: UInt64) -> (() -> Void)? {
        while let first = heap.first, first.instant <= now {
            removeFirst()
            let timer = first.timer
            let isLive = timer.queuedAt == first.instant
            if timer.isInvalid || !isLive { abandoned = max(0, abandoned - 1) }
            if isLive { timer.queuedAt = nil }
            guard let deadline = timer.deadline else { continue }
            if deadline > now {
                if timer.queuedAt == nil { add(timer, at: deadline) }
                continue
            }
            timer.deadline = nil
            return timer.action
        }
        return nil
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].instant < heap[left].instant ? right : left
            guard heap[child].instant < heap[parent].instant else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}

extension Duration {
    /// Whole nanoseconds, 0 for negative durations.
    public var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(seconds) &* 1_000_000_000 &+ UInt64(attoseconds / 1_000_000_000)
    }
}
