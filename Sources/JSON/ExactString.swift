import Glibc

/// A text as the key of a table: compared and hashed by its bytes.
///
/// Strings are equal where Unicode takes their spellings for the same, and to find that out takes time by the square of a run
/// of combining characters, which a client may send.
public struct ExactString: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (left: ExactString, right: ExactString) -> Bool { left.text.hasSameBytes(as: right.text) }

    public func hash(into hasher: inout Hasher) {
        let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil { for byte in text.utf8 { hasher.combine(byte) } }
    }
}

extension ExactString: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension String {
    /// `==` without Unicode's canonical equivalence.
    @inline(__always)
    public func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && hasSameBytes(asEquallyLong: other)
    }

    private func hasSameBytes(asEquallyLong other: String) -> Bool {
        let same = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                UnsafeRawBufferPointer(left).hasSameBytes(as: UnsafeRawBufferPointer(right))
            }
        }
        return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

extension UnsafeRawBufferPointer {
    func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let baseAddress, let otherAddress = other.baseAddress else { return true }
        return memcmp(baseAddress, otherAddress, count) == 0
    }
}
