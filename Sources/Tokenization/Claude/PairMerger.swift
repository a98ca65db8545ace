/// Encodes words: their bytes are tokens, and the pair that comes first in the list of merges is merged, again and again.
struct PairMerger {
    let data: ClaudeTokenizerData
    /// The result, word after word.
    var tokens: [UInt16] = []

    private var parts: [UInt32] = []
    private var merges: [UInt32] = []
    private var heap = MinimumHeap()
    private var previous: [Int32] = []
    private var following: [Int32] = []

    init(data: ClaudeTokenizerData) {
        self.data = data
    }

    /// Up to this many bytes looking at all pairs is faster than keeping them in order.
    private static let longestScanned = 48

    mutating func append(_ word: UnsafeBufferPointer<UInt8>) {
        let token = data.token(of: word)
        if token != ClaudeTokenizerData.none {
            tokens.append(UInt16(truncatingIfNeeded: token))
            return
        }
        parts.removeAll(keepingCapacity: true)
        for byte in word { parts.append(UInt32(data.byteTokens[Int(byte)])) }
        if parts.count <= Self.longestScanned { mergeByScanning() } else { mergeByHeap() }
    }

    private mutating func mergeByScanning() {
        merges.removeAll(keepingCapacity: true)
        for index in 1..<max(parts.count, 1) { merges.append(data.merge(parts[index - 1], parts[index])) }
        while true {
            var best = -1
            var lowest = ClaudeTokenizerData.none
            for (index, merge) in merges.enumerated() where merge < lowest {
                lowest = merge
                best = index
            }
            guard best >= 0 else { break }
            parts[best] = lowest
            parts.remove(at: best + 1)
            merges.remove(at: best)
            if best > 0 { merges[best - 1] = data.merge(parts[best - 1], lowest) }
            if best < merges.count { merges[best] = data.merge(lowest, parts[best + 1]) }
        }
        for part in parts { tokens.append(UInt16(truncatingIfNeeded: part)) }
    }

    /// The same with a queue of pairs: the lowest merge first, the leftmost of equals; outdated entries are skipped.
    private mutating func mergeByHeap() {
        let count = parts.count
        previous = (0..<count).map { Int32($0) - 1 }
        following = (0..<count).map { $0 + 1 < count ? Int32($0) + 1 : -1 }
        heap.removeAll()
        for index in 0..<count - 1 { push(index, index + 1) }
        while let entry = heap.popLowest() {
            let left = Int(entry & 0xFFFF_FFFF)
            let merged = UInt32(entry >> 32)
            guard parts[left] != ClaudeTokenizerData.none, following[left] >= 0 else { continue }
            let right = Int(following[left])
            guard data.merge(parts[left], parts[right]) == merged else { continue }
            parts[left] = merged
            parts[right] = ClaudeTokenizerData.none
            following[left] = following[right]
            if following[left] >= 0 {
                previous[Int(following[left])] = Int32(left)
                push(left, Int(following[left]))
            }
            if previous[left] >= 0 { push(Int(previous[left]), left) }
        }
        for part in parts where part != ClaudeTokenizerData.none { tokens.append(UInt16(truncatingIfNeeded: part)) }
    }

    private mutating func push(_ left: Int, _ right: Int) {
        let merged = data.merge(parts[left], parts[right])
        if merged != ClaudeTokenizerData.none { heap.push(UInt64(merged) << 32 | UInt64(left)) }
    }
}

/// A binary heap that yields its lowest number first.
struct MinimumHeap {
    private var items: [UInt64] = []

    mutating func removeAll() { items.removeAll(keepingCapacity: true) }

    mutating func push(_ item: UInt64) {
        items.append(item)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard item < items[parent] else { break }
            items[child] = items[parent]
            child = parent
        }
        items[child] = item
    }

    mutating func popLowest() -> UInt64? {
        guard let lowest = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return lowest }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < last else { break }
            items[parent] = items[child]
            parent = child
        }
        items[parent] = last
        return lowest
    }
}
