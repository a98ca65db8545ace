/// Standard base64 with padding, read strictly.
enum Base64 {
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, byte) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            table[Int(byte)] = UInt8(value)
        }
        return table
    }()

    /// How many bytes the text stands for, or nil when it is not base64.
    static func decodedCount(_ text: String) -> Int? {
        var text = text
        return text.withUTF8 { bytes in
            let count = bytes.count
            guard count % 4 == 0 else { return nil }
            var padding = 0
            while padding < 2, padding < count, bytes[count - 1 - padding] == UInt8(ascii: "=") { padding += 1 }
            for index in 0..<(count - padding) where values[Int(bytes[index])] == 255 { return nil }
            return count / 4 * 3 - padding
        }
    }

    /// The first bytes of what the text stands for, at most `limit`; the text must be base64.
    static func prefix(_ text: String, _ limit: Int) -> [UInt8] {
        var decoded: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in text.utf8 {
            let value = values[Int(byte)]
            guard value != 255, decoded.count < limit else { break }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                decoded.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return decoded
    }
}
