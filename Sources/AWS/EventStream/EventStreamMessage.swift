import Glibc

/// One message of an event stream: headers and a payload.
///
/// It is a view of the decoder's buffer, so making one allocates nothing. Let go of it before the next
/// `EventStreamDecoder.append`: a message still held makes the decoder copy what is left of its buffer.
/// Source: Smithy specification, "Amazon Event Stream Specification".
public struct EventStreamMessage: Sendable {
    /// `:message-type`
    public enum Kind: Sendable, Equatable {
        case event, exception, error
        /// Absent or something else; ignore such a message.
        case other
    }

    let buffer: [UInt8]
    let headerRange: Range<Int>
    let payloadRange: Range<Int>
    /// The value of `:event-type` or `:exception-type`, empty when there is none.
    let nameRange: Range<Int>
    /// The value of `:message-type`.
    public let kind: Kind

    /// The bytes between headers and checksum; as a slice, its indices need not begin at 0.
    public var payload: ArraySlice<UInt8> { buffer[payloadRange] }

    /// `:event-type` of an event, `:exception-type` of an exception, else empty; for `switch`.
    public var eventName: EventStreamText { EventStreamText(buffer[nameRange]) }

    /// The value of a header; nil when it is absent or of another type, as none of Bedrock's is.
    public func string(_ name: StaticString) -> String? {
        buffer.withUnsafeBufferPointer { bytes in
            var position = headerRange.lowerBound
            while let header = EventStreamHeaderPosition(bytes, at: &position, end: headerRange.upperBound) {
                guard bytes[header.name].equals(name) else { continue }
                return header.type == .string ? String(decoding: bytes[header.value], as: UTF8.self) : nil
            }
            return nil
        }
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Byte-wise comparison with an ASCII literal.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let start = base.baseAddress else { return false }
        return memcmp(start + startIndex, text.utf8Start, count) == 0
    }
}
