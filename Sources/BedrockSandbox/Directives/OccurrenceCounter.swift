import Synchronization

/// Counts equal requests, so that a fault can end after the first few. Forgets the oldest beyond its capacity.
final class OccurrenceCounter: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var order: [String] = []
    }

    private static let capacity = 4096
    private let state = Mutex(State())

    /// How often `key` has occurred, this time included.
    func count(_ key: String) -> Int {
        state.withLock { state in
            if state.counts[key] == nil {
                state.order.append(key)
                if state.order.count > Self.capacity { state.counts[state.order.removeFirst()] = nil }
            }
            let count = state.counts[key, default: 0] + 1
            state.counts[key] = count
            return count
        }
    }
}
