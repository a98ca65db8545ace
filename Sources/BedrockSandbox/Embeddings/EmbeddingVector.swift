import JSON

/// A vector that follows from what it stands for; the same for the same input, model and length.
struct EmbeddingVector {
    /// Between -1 and 1, seven digits each.
    var values: [Double]

    init(_ input: String, model: SandboxModel, count: Int, normalized: Bool) {
        var random = SplitMix(Digest.sha256("\(model.id) \(count) \(input)"))
        let raw = (0..<count).map { _ in Double(random.next() >> 11) / Double(1 << 52) - 1 }
        let length = normalized ? raw.reduce(0) { $0 + $1 * $1 }.squareRoot() : 1
        values = raw.map { ($0 / length * 1e7).rounded() / 1e7 }
    }

    var floats: JSON { .array(values.map { JSON($0) }) }
    /// One byte a value.
    var signedBytes: JSON { .array(values.map { JSON(Int(($0 * 127).rounded())) }) }
    var bytes: JSON { .array(values.map { JSON(Int((($0 + 1) * 127.5).rounded())) }) }
    /// One bit a value.
    var bits: JSON { .array(values.map { $0 > 0 ? 1 : 0 }) }

    /// Eight values to a byte, the first in the highest bit.
    var packedBits: [UInt8] {
        stride(from: 0, to: values.count, by: 8).map { start in
            values[start..<min(start + 8, values.count)].enumerated().reduce(0) { byte, value in
                value.element > 0 ? byte | 0x80 >> UInt8(value.offset) : byte
            }
        }
    }
}
