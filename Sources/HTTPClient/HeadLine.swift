/// Lines of a response head, read from libcurl's own memory.
extension UnsafeRawBufferPointer {
    /// Where the line's end begins.
    var endOfText: Int {
        var end = count
        while end > 0, self[end - 1] == 0x0A || self[end - 1] == 0x0D { end -= 1 }
        return end
    }

    /// Of a status line; 0 where there is none.
    var statusCode: Int {
        guard let blank = firstIndex(of: 0x20) else { return 0 }
        let digits = self[blank...].drop { $0 == 0x20 }.prefix { (0x30...0x39).contains($0) }
        return digits.prefix(9).reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
