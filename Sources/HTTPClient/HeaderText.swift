extension String {
    /// A token of RFC 9110.
    var isHeaderName: Bool {
        !isEmpty
            && hasOnly { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                default: "!#$%&'*+.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Anything but control characters: a line break would begin another header.
    var isHeaderValue: Bool {
        hasOnly { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    func hasOnly(_ isAllowed: (UInt8) -> Bool) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isAllowed) } ?? utf8.allSatisfy(isAllowed)
    }
}
