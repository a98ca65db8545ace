extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// Where `other` first begins; nil when it does not occur or is empty.
    func firstStart(of other: [UInt8]) -> Int? {
        guard let head = other.first, count >= other.count else { return nil }
        var index = startIndex
        while index <= endIndex - other.count {
            if self[index] == head, self[index..<(index + other.count)].elementsEqual(other) { return index }
            index += 1
        }
        return nil
    }
}
