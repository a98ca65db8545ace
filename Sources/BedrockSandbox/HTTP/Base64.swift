/// Standard base64 with padding, read strictly.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0) }
            for place in 0..<4 {
                text.append(place <= count ? alphabet[Int(group >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
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
