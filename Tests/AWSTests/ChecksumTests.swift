import CChecksum
import Testing

/// Against the definition, one bit at a time.
struct ChecksumTests {
    private static func defined(_ bytes: ArraySlice<UInt8>, continuing checksum: UInt32) -> UInt32 {
        var state = ~checksum
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        return ~state
    }

    @Test func theKnownValue() {
        let digits = Array("123456789".utf8)
        #expect(checksum_crc32(0, digits, digits.count) == 0xCBF4_3926)
        #expect(checksum_crc32(0, nil, 0) == 0)
    }

    @Test func everyLengthAndAlignment() {
        var seed: UInt32 = 1
        let bytes = (0..<400).map { _ in
            seed = seed &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: seed >> 24)
        }
        for length in 0...360 {
            for start in [0, 1, 7, 16, 31] {
                let piece = bytes[start..<(start + length)]
                for before: UInt32 in [0, 0xFFFF_FFFF, seed] {
                    let checksum = piece.withUnsafeBufferPointer { checksum_crc32(before, $0.baseAddress, $0.count) }
                    #expect(checksum == Self.defined(piece, continuing: before))
                }
            }
        }
    }
}
