import CLinux
import Glibc
import Synchronization

/// One thread that waits for file descriptors and timers, and runs the Swift tasks that prefer it.
///
/// A request is one structured task with this executor preference: its code is plain `async`/`await`, runs here and
/// never hops. Whatever is not marked otherwise must be called on the loop's thread.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    private let epoll: Int32
    private let wakeUp: Int32

    // Used on the loop's thread only.
    var timers = TimerQueue()
    private var handlers: [Handler?] = []
    private var generation: UInt32 = 0
    private var jobs = JobQueue()
    private var stopped = false

    // Shared with other threads.
    private let thread = Atomic<UInt>(0)
    private let remote = Mutex(RemoteWork())

    private struct Handler {
        let handler: any ReadinessHandler
        let generation: UInt32
    }

    private struct RemoteWork {
        var jobs: [UnownedJob] = []
        var actions: [@Sendable () -> Void] = []
        var isSignalled = false
    }

    /// Takes two file descriptors; nothing runs before `run()`.
    /// - Throws: the failed call, for want of descriptors above all.
    public init() throws(SystemError) {
        epoll = try SystemError.check(epoll_create1(linux_epoll_close_on_exec), "epoll_create1")
        wakeUp = try SystemError.check(linux_eventfd(), "eventfd")
        var event = linux_epoll_event(linux_epoll_readable, UInt64(UInt32.max))
        try SystemError.check(epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event), "epoll_ctl")
    }

    deinit {
        close(wakeUp)
        close(epoll)
    }

    /// Monotonic time in nanoseconds.
    public static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Whether the caller runs on the loop's thread. From any thread.
    public var isCurrent: Bool {
        thread.load(ordering: .relaxed) == linux_thread()
    }

    // MARK: Running

    /// Runs until `stop()`, on the calling thread, which becomes the loop's.
    public func run() {
        thread.store(linux_thread(), ordering: .relaxed)
        // The system gives a thread's number to a later one.
        defer { thread.store(0, ordering: .relaxed) }
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while !stopped {
            takeRemoteWork()
            runJobs()
            fireTimers()
            let count = epoll_wait(epoll, &events, Int32(events.count), stopped ? 0 : waitLimit())
            guard count > 0 else { continue }
            for index in 0..<Int(count) {
                dispatch(events[index])
                runJobs()
            }
        }
    }

    /// Ends `run()`. From any thread.
    public func stop() {
        execute { [unowned self] in stopped = true }
    }

    /// Runs an action on the loop's thread: at once when called there, else with the next turn. From any thread.
    public func execute(_ action: @escaping @Sendable () -> Void) {
        if isCurrent { return action() }
        handOver { $0.actions.append(action) }
    }

    private func dispatch(_ event: epoll_event) {
        let data = linux_epoll_data(event)
        let descriptor = Int(UInt32(truncatingIfNeeded: data))
        guard descriptor != Int(UInt32.max) else {
            var value: UInt64 = 0
            read(wakeUp, &value, MemoryLayout<UInt64>.size)
            takeRemoteWork()
            return
        }
        // An earlier event of this turn may have closed the descriptor, and opened another one with its number.
        guard descriptor < handlers.count, let entry = handlers[descriptor],
            entry.generation == UInt32(truncatingIfNeeded: data >> 32)
        else { return }
        entry.handler.ready(Readiness(rawValue: event.events))
    }

    private func runJobs() {
        while let job = jobs.popFirst() {
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private func fireTimers() {
        guard let next = timers.next, next <= EventLoop.now() else { return }
        let now = EventLoop.now()
        while let action = timers.nextDue(at: now) {
            action()
            runJobs()
        }
    }

    /// Milliseconds that `epoll_wait` may sleep; −1 for ever.
    private func waitLimit() -> Int32 {
        guard jobs.isEmpty else { return 0 }
        guard let next = timers.next else { return -1 }
        let now = EventLoop.now()
        guard next > now else { return 0 }
        // Rounded up: waking a fraction too early would spin.
        return Int32(min((next - now + 999_999) / 1_000_000, 60_000))
    }

    private func takeRemoteWork() {
        let work = remote.withLock { work in
            defer {
                work.jobs.removeAll(keepingCapacity: false)
                work.actions.removeAll(keepingCapacity: false)
                work.isSignalled = false
            }
            return work
        }
        for job in work.jobs { jobs.append(job) }
        for action in work.actions { action() }
    }

    /// From another thread: adds work for the loop's, which is woken once until it takes all of it.
    private func handOver(_ add: (inout RemoteWork) -> Void) {
        let mustSignal = remote.withLock { work in
            add(&work)
            defer { work.isSignalled = true }
            return !work.isSignalled
        }
        guard mustSignal else { return }
        var one: UInt64 = 1
        write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: TaskExecutor

    /// From any thread. Jobs run one at a time, in the order in which they came from each thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
            return
        }
        handOver { $0.jobs.append(job) }
    }

    // MARK: File descriptors

    /// Watches a descriptor; the handler is kept for as long.
    public func watch(
        _ descriptor: Int32,
        for readiness: Readiness,
        handler: any ReadinessHandler
    ) throws(SystemError) {
        let index = Int(descriptor)
        while handlers.count <= index { handlers.append(nil) }
        generation &+= 1
        handlers[index] = Handler(handler: handler, generation: generation)
        do {
            try control(EPOLL_CTL_ADD, descriptor, readiness, generation)
        } catch {
            handlers[index] = nil
            throw error
        }
    }

    /// Changes what a watched descriptor is watched for.
    public func rewatch(_ descriptor: Int32, for readiness: Readiness) throws(SystemError) {
        guard Int(descriptor) < handlers.count, let entry = handlers[Int(descriptor)] else { return }
        try control(EPOLL_CTL_MOD, descriptor, readiness, entry.generation)
    }

    /// Stops watching a descriptor that stays open, and lets go of its handler.
    public func unwatch(_ descriptor: Int32) {
        forget(descriptor)
        var event = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Stops watching a descriptor that is about to be closed, which removes it from `epoll` by itself.
    public func forget(_ descriptor: Int32) {
        guard descriptor >= 0, Int(descriptor) < handlers.count else { return }
        handlers[Int(descriptor)] = nil
    }

    private func control(
        _ operation: Int32,
        _ descriptor: Int32,
        _ readiness: Readiness,
        _ generation: UInt32
    ) throws(SystemError) {
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        var event = linux_epoll_event(readiness.rawValue, data)
        try SystemError.check(epoll_ctl(epoll, operation, descriptor, &event), "epoll_ctl")
    }
}
