/// Unicode normalization form NFKC, with the tables of the reference tokenizer, which are older than today's Unicode.
///
/// Source: Unicode Standard Annex #15; The Unicode Standard, "Conjoining Jamo Behavior".
struct CompatibilityComposition {
    let data: ClaudeTokenizerData
    /// Decomposed code points of the stretch at hand.
    private var scalars: [UInt32] = []
    private var classes: [UInt8] = []

    init(data: ClaudeTokenizerData) {
        self.data = data
    }

    /// The normal form, or nil when the text, valid UTF-8, is it already.
    mutating func normalized(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var copied = 0
        var lastStart = 0
        var position = 0
        while position < text.count {
            if text[position] < 0x80 {
                lastStart = position
                position += 1
                continue
            }
            let (scalar, length) = UTF8Scalar.decode(text, at: position)
            guard data.properties(of: scalar).isActive else {
                lastStart = position
                position += length
                continue
            }
            // What an active character may join with begins at the inactive one before it and ends before the next.
            let start = max(lastStart, copied)
            let end = endOfStretch(text, from: position + length)
            if output.isEmpty { output.reserveCapacity(text.count + text.count / 4) }
            output.append(contentsOf: text[copied..<start])
            decompose(text[start..<end], of: text)
            sortMarks()
            compose()
            for scalar in scalars { UTF8Scalar.append(scalar, to: &output) }
            copied = end
            lastStart = end
            position = end
        }
        // An active character ends behind position 0, and so does the stretch it is in.
        guard copied > 0 else { return nil }
        output.append(contentsOf: text[copied...])
        return output
    }

    private func endOfStretch(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] >= 0x80 {
            let (scalar, length) = UTF8Scalar.decode(text, at: end)
            guard data.properties(of: scalar).isActive else { break }
            end += length
        }
        return end
    }

    private mutating func decompose(_ range: Slice<UnsafeBufferPointer<UInt8>>, of text: UnsafeBufferPointer<UInt8>) {
        scalars.removeAll(keepingCapacity: true)
        classes.removeAll(keepingCapacity: true)
        var position = range.startIndex
        while position < range.endIndex {
            let (scalar, length) = UTF8Scalar.decode(text, at: position)
            position += length
            if let syllable = Hangul.decomposition(scalar) {
                for part in syllable { append(part, combiningClass: 0) }
                continue
            }
            let properties = data.properties(of: scalar)
            let decomposition = data.decomposition(properties)
            if decomposition.isEmpty {
                append(scalar, combiningClass: properties.combiningClass)
            } else {
                for part in decomposition { append(part, combiningClass: data.properties(of: part).combiningClass) }
            }
        }
    }

    private mutating func append(_ scalar: UInt32, combiningClass: UInt8) {
        scalars.append(scalar)
        classes.append(combiningClass)
    }

    /// Brings each run of marks in the order of their classes; equal ones keep theirs.
    private mutating func sortMarks() {
        var index = 0
        while index < classes.count {
            guard classes[index] != 0 else {
                index += 1
                continue
            }
            let start = index
            while index < classes.count, classes[index] != 0 { index += 1 }
            let isSorted = (start + 1..<max(index, start + 1)).allSatisfy { classes[$0 - 1] <= classes[$0] }
            if isSorted { continue }
            // The place in the run takes part in the comparison: the order of equals must not depend on the algorithm.
            let order = (start..<index).map { UInt64(classes[$0]) << 32 | UInt64($0) }.sorted()
            let sorted = order.map { scalars[Int($0 & 0xFFFF_FFFF)] }
            scalars.replaceSubrange(start..<index, with: sorted)
            classes.replaceSubrange(start..<index, with: order.map { UInt8($0 >> 32) })
        }
    }

    private mutating func compose() {
        var starter: Int?
        var lastClass: UInt8?
        var count = 0
        for index in scalars.indices {
            let scalar = scalars[index]
            let combiningClass = classes[index]
            // A mark joins the starter unless one of its own or a higher class stands between; a starter only when adjacent.
            if let starter, lastClass.map({ $0 < combiningClass }) ?? true, let joined = pair(scalars[starter], scalar)
            {
                scalars[starter] = joined
                continue
            }
            if combiningClass == 0 {
                starter = count
                lastClass = nil
            } else {
                lastClass = combiningClass
            }
            scalars[count] = scalar
            count += 1
        }
        scalars.removeLast(scalars.count - count)
    }

    private func pair(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if let syllable = Hangul.composition(first, second) { return syllable }
        let joined = data.composition(first, second)
        return joined == ClaudeTokenizerData.none ? nil : joined
    }
}

/// Korean syllables, which are composed by arithmetic.
private enum Hangul {
    static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3
    static let leads: ClosedRange<UInt32> = 0x1100...0x1112
    static let vowels: ClosedRange<UInt32> = 0x1161...0x1175
    static let tails: ClosedRange<UInt32> = 0x11A8...0x11C2

    static func decomposition(_ scalar: UInt32) -> [UInt32]? {
        guard syllables.contains(scalar) else { return nil }
        let index = scalar - syllables.lowerBound
        let pair = [leads.lowerBound + index / 588, vowels.lowerBound + index % 588 / 28]
        return index % 28 == 0 ? pair : pair + [tails.lowerBound - 1 + index % 28]
    }

    static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leads.contains(first), vowels.contains(second) {
            return syllables.lowerBound + (first - leads.lowerBound) * 588 + (second - vowels.lowerBound) * 28
        }
        if syllables.contains(first), (first - syllables.lowerBound) % 28 == 0, tails.contains(second) {
            return first + second - tails.lowerBound + 1
        }
        return nil
    }
}
