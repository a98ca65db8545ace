import Glibc
import Synchronization
import Testing

@testable import EventLoop

/// A loop on a thread of its own for the time of a test.
final class LoopThread: Sendable {
    let loop: EventLoop

    init() throws {
        let loop = try EventLoop()
        self.loop = loop
        pthread_detach(try loop.runOnThread())
    }

    deinit {
        loop.stop()
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (EventLoop) async throws -> Value) async throws -> Value {
        let loop = loop
        return try await Task(executorPreference: loop) { try await body(loop) }.value
    }
}

@Suite struct EventLoopTests {
    @Test func tasksStayOnTheLoop() async throws {
        let thread = try LoopThread()
        let stayed = try await thread.run { loop in
            var stayed = loop.isCurrent
            for _ in 0..<10 {
                try await loop.sleep(for: .milliseconds(1))
                stayed = stayed && loop.isCurrent
            }
            return stayed
        }
        #expect(stayed)
    }

    @Test func sleepersWakeInOrderOfTheirTimes() async throws {
        let thread = try LoopThread()
        let order = try await thread.run { loop in
            await withTaskGroup(of: Int.self) { group in
                for delay in [30, 10, 20, 0] {
                    group.addTask(executorPreference: loop) {
                        try? await loop.sleep(for: .milliseconds(delay))
                        return delay
                    }
                }
                var order: [Int] = []
                for await delay in group { order.append(delay) }
                return order
            }
        }
        #expect(order == [0, 10, 20, 30])
    }

    @Test func aCancelledSleepEndsAtOnce() async throws {
        let thread = try LoopThread()
        // Measured on the loop: the test itself may wait long for a thread of the pool that all tests share.
        let taken = try await thread.run { loop in
            let start = EventLoop.now()
            let sleeper = Task(executorPreference: loop) { try await loop.sleep(for: .seconds(60)) }
            try await loop.sleep(for: .milliseconds(5))
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            return EventLoop.now() - start
        }
        #expect(taken < 10_000_000_000)
    }

    @Test func aTimerSetLaterFiresOnceAndLater() async throws {
        let thread = try LoopThread()
        let fired = try await thread.run { loop in
            let fired = Mutex<[UInt64]>([])
            let start = EventLoop.now()
            let timer = LoopTimer(loop: loop) { fired.withLock { $0.append(EventLoop.now() - start) } }
            timer.set(after: .milliseconds(5))
            timer.set(after: .milliseconds(40))
            try await loop.sleep(for: .milliseconds(80))
            return fired.withLock { $0 }
        }
        #expect(fired.count == 1)
        #expect(fired.first ?? 0 >= 40_000_000)
    }

    @Test func invalidatedTimersDoNotPileUp() async throws {
        let thread = try LoopThread()
        let (left, order) = try await thread.run { loop in
            for _ in 0..<10_000 {
                let timer = LoopTimer(loop: loop) {}
                timer.set(after: .seconds(600))
                // An earlier deadline needs an entry of its own.
                timer.set(after: .seconds(10))
                timer.invalidate()
            }
            let order = Mutex<[Int]>([])
            let timers = [30, 10, 20].map { delay in
                let timer = LoopTimer(loop: loop) { order.withLock { $0.append(delay) } }
                timer.set(after: .milliseconds(delay))
                return timer
            }
            for _ in 0..<200 {
                let timer = LoopTimer(loop: loop) {}
                timer.set(after: .milliseconds(5))
                timer.invalidate()
            }
            let left = loop.timers.heap.count
            try await loop.sleep(for: .milliseconds(60))
            return withExtendedLifetime(timers) { (left, order.withLock { $0 }) }
        }
        #expect(left < 300)
        #expect(order == [10, 20, 30])
    }

    @Test func aClearedTimerDoesNotFire() async throws {
        let thread = try LoopThread()
        let count = try await thread.run { loop in
            let fired = Mutex(0)
            let timer = LoopTimer(loop: loop) { fired.withLock { $0 += 1 } }
            timer.set(after: .milliseconds(5))
            timer.clear()
            try await loop.sleep(for: .milliseconds(20))
            return fired.withLock { $0 }
        }
        #expect(count == 0)
    }

    @Test func actionsOfOtherThreadsAllRun() async throws {
        let thread = try LoopThread()
        let count = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        thread.loop.execute { continuation.resume(returning: 1) }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(count == 100)
    }
}
