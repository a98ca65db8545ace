/// Why the bytes of an event stream cannot be understood. The stream cannot be continued after one.
/// Source: Smithy specification, "Amazon Event Stream Specification".
public enum EventStreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A CRC-32 does not fit the bytes it covers.
    case checksumMismatch(expected: UInt32, calculated: UInt32)
    /// The total length is below the 16 bytes of an empty message or the headers do not fit into it.
    case invalidLength(total: UInt32, headers: UInt32)
    /// More than this program is willing to hold: 32 MiB for a message, 128 KiB for its headers.
    case tooLarge(total: UInt32, headers: UInt32)
    /// A header is cut off, has an unknown type or is not UTF-8.
    case malformedHeader
    case duplicateHeader(name: String)

    public var description: String {
        switch self {
        case .checksumMismatch(let expected, let calculated):
            "Checksum mismatch: expected \(Hexadecimal.padded(expected)), calculated \(Hexadecimal.padded(calculated))"
        case .invalidLength(let total, let headers):
            "Invalid event stream message: a length of \(total) bytes with \(headers) bytes of headers"
        case .tooLarge(let total, let headers):
            "Event stream message too large: \(total) bytes with \(headers) bytes of headers"
        case .malformedHeader:
            "Invalid event stream message: malformed header"
        case .duplicateHeader(let name):
            "Duplicate header present: '\(name)'"
        }
    }
}
