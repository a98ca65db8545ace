import Synchronization

/// Counts equal requests, so that a fault can end after the first few. Forgets the oldest beyond its capacity.
final class OccurrenceCounter: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var order: [String] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 4096) { self.capacity = capacity }

    /// How often `key` has occurred, this time included.
    func count(_ key: String) -> Int {
        state.withLock { state in
            if state.counts[key] == nil {
                state.order.append(key)
                if state.order.count > capacity { state.counts[state.order.removeFirst()] = nil }
            }
            return state.counts.mutate(key)
        }
    }
}

extension [String: Int] {
    fileprivate mutating func mutate(_ key: String) -> Int {
        self[key, default: 0] += 1
        return self[key, default: 0]
    }
}
