import Glibc
import Synchronization

/// Random identifiers, and those made of a digest. Source: RFC 9562, version 4.
public enum UUIDVersion4 {
    /// 36 characters in lower case.
    public static func random() -> String {
        let (high, low) = pool.withLock { pool in (pool.next(), pool.next()) }
        return text(high: high, low: low)
    }

    /// A system call for 16 identifiers, not two for each.
    private struct Pool {
        private var words: [UInt64] = []

        mutating func next() -> UInt64 {
            if words.isEmpty {
                // getentropy gives at most 256 bytes a call, and fails for larger ones only.
                var fresh = [UInt64](repeating: 0, count: 32)
                var generator = SystemRandomNumberGenerator()
                if getentropy(&fresh, 256) != 0 { fresh = fresh.map { _ in generator.next() } }
                words = fresh
            }
            return words.removeLast()
        }
    }

    private static let pool = Mutex(Pool())

    /// 128 bits as text, those of version and variant replaced.
    public static func text(high: UInt64, low: UInt64) -> String {
        let version = (high & ~0xF000) | 0x4000
        let variant = (low & ~(0b11 << 62)) | (0b10 << 62)
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for var half in [version, variant] {
                for _ in 0..<16 {
                    if position == 8 || position == 13 || position == 18 || position == 23 {
                        buffer[position] = UInt8(ascii: "-")
                        position &+= 1
                    }
                    let digit = UInt8(truncatingIfNeeded: half &>> 60)
                    half &<<= 4
                    buffer[position] = digit &+ (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
                    position &+= 1
                }
            }
            return position
        }
    }
}
