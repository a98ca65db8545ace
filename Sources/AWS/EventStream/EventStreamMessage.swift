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

    /// `:event-type`; nil for exceptions and errors. Makes a string, as the four below do.
    public var eventType: String? { kind == .event ? string(":event-type") : nil }

    /// `:exception-type`; nil where there is none.
    public var exceptionType: String? { string(":exception-type") }

    /// `:error-code`; nil where there is none.
    public var errorCode: String? { string(":error-code") }

    /// `:error-message`: an error has its words in this header, an exception in the payload.
    public var errorMessage: String? { string(":error-message") }

    /// `:message-type` as it was sent, for the unknown ones of `Kind.other`.
    public var messageType: String? { string(":message-type") }

    /// All headers in their order. Builds an array; the streaming path has no need of it.
    public var headers: [(name: String, value: EventStreamHeaderValue)] {
        buffer.withUnsafeBufferPointer { bytes in
            var position = headerRange.lowerBound
            var result: [(name: String, value: EventStreamHeaderValue)] = []
            while let header = EventStreamHeaderPosition(bytes, at: &position, end: headerRange.upperBound) {
                result.append((String(decoding: bytes[header.name], as: UTF8.self), header.decoded(bytes)))
            }
            return result
        }
    }

    /// The value of a header; nil when it is absent.
    public func header(_ name: StaticString) -> EventStreamHeaderValue? {
        buffer.withUnsafeBufferPointer { bytes in
            var position = headerRange.lowerBound
            while let header = EventStreamHeaderPosition(bytes, at: &position, end: headerRange.upperBound) {
                if bytes[header.name].equals(name) { return header.decoded(bytes) }
            }
            return nil
        }
    }

    /// The value of a header that is a string.
    public func string(_ name: StaticString) -> String? {
        guard case .string(let value)? = header(name) else { return nil }
        return value
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Byte-wise comparison with an ASCII literal.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let start = base.baseAddress else { return false }
        return memcmp(start + startIndex, text.utf8Start, count) == 0
    }
}
