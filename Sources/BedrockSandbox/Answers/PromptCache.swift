import JSON
import Synchronization

/// Remembers the prefixes that cache points marked, and tells how much of a request it has seen before.
final class PromptCache: Sendable {
    /// What a request costs, in tokens.
    struct Share: Sendable, Equatable {
        /// Neither read from the cache nor written to it.
        var input = 0
        var read = 0
        var write = 0
        /// What of `write` is kept for an hour.
        var longWrite = 0
        /// True when the request has cache points at all.
        var isCaching = false

        var total: Int { input + read + write }
    }

    private struct State {
        var lastUse: [[UInt8]: Int] = [:]
        var clock = 0
    }

    private let capacity: Int
    /// Prefixes of fewer tokens are not cached.
    private let minimumTokens: Int
    private let state = Mutex(State())

    init(capacity: Int = 1024, minimumTokens: Int = 0) {
        self.capacity = capacity
        self.minimumTokens = minimumTokens
    }

    /// A piece of a request, in the order that caching compares: tools, system, messages.
    enum Part: Sendable {
        case text(String)
        case json(JSON, tokens: Int)
        /// A mark: everything before it may be cached for five minutes or for an hour.
        case point(isLong: Bool)
    }

    /// Counts a request and remembers its prefixes.
    func count(_ parts: [Part], model: SandboxModel) -> Share {
        var prefix = Prefix(model: model.id)
        for part in parts { prefix.add(part) }
        return settle(prefix)
    }

    private func settle(_ prefix: Prefix) -> Share {
        let points = prefix.points.filter { $0.tokens >= minimumTokens }
        guard let last = points.last else {
            return Share(input: prefix.tokens, isCaching: !prefix.points.isEmpty)
        }
        return state.withLock { state in
            let read = points.last { state.lastUse[$0.digest] != nil }?.tokens ?? 0
            var share = Share(input: prefix.tokens - last.tokens, read: read, isCaching: true)
            var reached = read
            for point in points {
                state.clock += 1
                state.lastUse[point.digest] = state.clock
                let added = max(0, point.tokens - reached)
                reached = max(reached, point.tokens)
                share.write += added
                if point.isLong { share.longWrite += added }
            }
            while state.lastUse.count > capacity, let oldest = state.lastUse.min(by: { $0.value < $1.value }) {
                state.lastUse[oldest.key] = nil
            }
            return share
        }
    }

    /// A request so far: its tokens, and a chain of digests so that equal prefixes are equal digests.
    private struct Prefix {
        struct Point {
            var digest: [UInt8]
            var tokens: Int
            var isLong: Bool
        }

        private var digest: [UInt8]
        /// Not in the digest yet: nothing is serialised until one is wanted, and most requests want none.
        private var pending: [Part] = []
        var tokens = 0
        var points: [Point] = []

        init(model: String) { digest = Array(model.utf8) }

        mutating func add(_ part: Part) {
            switch part {
            case .text: pending.append(part)
            case .json(_, let count):
                tokens += count
                pending.append(part)
            case .point(let isLong):
                settle()
                points.append(Point(digest: digest, tokens: tokens, isLong: isLong))
            }
        }

        private mutating func settle() {
            for part in pending {
                switch part {
                case .text(let text): digest = Digest.sha256(digest + Array(text.utf8))
                case .json(let json, _): digest = Digest.sha256(digest + json.serialized())
                case .point: continue
                }
            }
            pending.removeAll()
        }
    }
}
