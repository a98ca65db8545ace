/// Base 16 (RFC 4648), lower case.
public enum Hexadecimal {
    /// Two lower-case characters for every byte.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { write(bytes, to: $0) }
    }

    /// Appends two lower-case characters for every byte.
    static func append(_ digest: SHA256.Digest, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * digest.count) { digits in
            _ = digest.span.withUnsafeBufferPointer { write($0, to: digits) }
            text.append(contentsOf: digits)
        }
    }

    private static func write(_ bytes: some Collection<UInt8>, to digits: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var position = 0
        for byte in bytes {
            digits[position] = digit(byte >> 4)
            digits[position + 1] = digit(byte & 15)
            position += 2
        }
        return position
    }

    /// Eight lower-case digits with the prefix `0x`, as checksums are printed.
    static func padded(_ value: UInt32) -> String {
        "0x" + encode((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) })
    }

    /// The digits of a byte value below 16, lower case.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The digits of a byte value below 16, upper case.
    static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
