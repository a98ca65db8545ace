/// A stream of numbers that follows from its seed. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
struct SplitMix {
    private var state: UInt64

    /// - Parameter seed: at least eight bytes.
    init(_ seed: [UInt8]) {
        state = seed.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
