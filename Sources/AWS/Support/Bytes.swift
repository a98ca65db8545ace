extension [UInt8] {
    /// The bytes of `text` at the end.
    mutating func append(_ text: String) {
        text.utf8.span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}

extension UInt8 {
    /// The lower-case letter of an upper-case one of ASCII, any other byte itself.
    var lowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}
