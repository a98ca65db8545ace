import Glibc

/// Random identifiers of answers. Source: RFC 9562, version 4.
public enum UUIDVersion4 {
    /// 36 characters in lower case; the system's generator is the kernel's.
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return text(high: generator.next(), low: generator.next())
    }

    static func text(high: UInt64, low: UInt64) -> String {
        let version = (high & ~0xF000) | 0x4000
        let variant = (low & ~(0b11 << 62)) | (0b10 << 62)
        let digits = [version, variant].flatMap { half in
            stride(from: 60, through: 0, by: -4).map { shift -> UInt8 in
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(shift) & 0xF)
                return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
        }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }
}

/// The wall clock.
public enum UnixTime {
    public static func seconds() -> Int {
        Int(time(nil))
    }
}
