/// The encoding of FastCGI parameters: two lengths of one or four bytes, then name and value.
/// Source: FastCGI specification 1.0, section 3.4.
enum NameValuePairs {
    /// Whether every length stays within the bytes. libfcgi allocates what a length says before it looks, so
    /// lengths are checked before it sees them.
    static func areConsistent(_ bytes: [UInt8]) -> Bool {
        var position = 0
        while position < bytes.count {
            guard let name = length(in: bytes, at: &position), let value = length(in: bytes, at: &position) else {
                return false
            }
            guard name <= bytes.count - position, value <= bytes.count - position - name else { return false }
            position += name + value
        }
        return true
    }

    private static func length(in bytes: [UInt8], at position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        let first = Int(bytes[position])
        if first < 128 {
            position += 1
            return first
        }
        guard bytes.count - position >= 4 else { return nil }
        defer { position += 4 }
        return (first & 0x7F) << 24 | Int(bytes[position + 1]) << 16 | Int(bytes[position + 2]) << 8
            | Int(bytes[position + 3])
    }

    static func encode(_ pairs: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in pairs {
            for length in [name.utf8.count, value.utf8.count] {
                if length < 128 {
                    bytes.append(UInt8(length))
                } else {
                    bytes.append(contentsOf: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
                    bytes[bytes.count - 4] |= 0x80
                }
            }
            bytes.append(contentsOf: name.utf8)
            bytes.append(contentsOf: value.utf8)
        }
        return bytes
    }
}
