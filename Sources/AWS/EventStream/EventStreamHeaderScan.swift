/// One pass over the headers of a message: checks them and picks out what the streaming path asks for.
struct EventStreamHeaderScan {
    private(set) var kind = EventStreamMessage.Kind.other
    /// The value of `:event-type`, else of `:exception-type`; empty when there is neither.
    private(set) var name: Range<Int>

    /// Up to this many headers are compared with each other in place; a message with more builds a set.
    private static let pairwiseLimit = 16

    // The headers of nearly all events, as Bedrock writes them: known to be right.
    private static let usualDelta: StaticString =
        "\u{B}:event-type\u{7}\0\u{11}contentBlockDelta\u{D}:content-type\u{7}\0\u{10}application/json\u{D}:message-type\u{7}\0\u{5}event"
    private static let usualChunk: StaticString =
        "\u{B}:event-type\u{7}\0\u{5}chunk\u{D}:content-type\u{7}\0\u{10}application/json\u{D}:message-type\u{7}\0\u{5}event"
    /// Where in them the event's type stands, with its length before it.
    private static let usualNameStart = 15

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) throws(EventStreamError) {
        if bytes[range].equals(Self.usualDelta) || bytes[range].equals(Self.usualChunk) {
            let start = range.lowerBound + Self.usualNameStart
            kind = .event
            name = start..<(start + Int(bytes[start - 1]))
            return
        }
        name = range.upperBound..<range.upperBound
        // Bedrock's headers are ASCII: then no text needs to be checked by itself.
        let isASCII = bytes[range].reduce(0, |) < 0x80
        var position = range.lowerBound
        var count = 0
        var seen: Set<[UInt8]> = []
        var tags: UInt64 = 0
        while position < range.upperBound {
            let headerStart = position
            guard let header = EventStreamHeaderPosition(bytes, at: &position, end: range.upperBound) else {
                throw .malformedHeader
            }
            if !isASCII { try Self.checkText(bytes, header) }
            // Names that differ nearly always have different tags, then nothing is compared.
            let tag = Self.tag(of: bytes[header.name])
            defer { tags |= tag }
            if count < Self.pairwiseLimit {
                if tags & tag != 0 {
                    try Self.checkUnique(bytes, header.name, among: range.lowerBound..<headerStart)
                }
            } else {
                if count == Self.pairwiseLimit {
                    seen = Self.names(bytes, range.lowerBound..<headerStart)
                }
                guard seen.insert(Array(bytes[header.name])).inserted else {
                    throw .duplicateHeader(name: String(decoding: bytes[header.name], as: UTF8.self))
                }
            }
            count += 1
            take(bytes, header)
        }
    }

    private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ header: EventStreamHeaderPosition) {
        guard header.type == .string else { return }
        let headerName = bytes[header.name]
        switch headerName.count {
        case 11 where headerName.equals(":event-type"):
            name = header.value
        case 13 where headerName.equals(":message-type"):
            let value = bytes[header.value]
            kind =
                if value.equals("event") {
                    .event
                } else if value.equals("exception") {
                    .exception
                } else if value.equals("error") {
                    .error
                } else {
                    .other
                }
        case 15 where headerName.equals(":exception-type"):
            if name.isEmpty { name = header.value }
        default:
            break
        }
    }

    private static func checkText(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ header: EventStreamHeaderPosition
    ) throws(EventStreamError) {
        guard String(validating: bytes[header.name], as: UTF8.self) != nil,
            header.type != .string || String(validating: bytes[header.value], as: UTF8.self) != nil
        else { throw .malformedHeader }
    }

    /// One bit out of 64, of a byte in the middle and the length.
    private static func tag(of name: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64 {
        let middle = name[name.startIndex + name.count / 2]
        return 1 &<< (UInt64(middle) &+ UInt64(name.count) &* 8)
    }

    private static func checkUnique(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ name: Range<Int>,
        among earlier: Range<Int>
    ) throws(EventStreamError) {
        var position = earlier.lowerBound
        while let other = EventStreamHeaderPosition(bytes, at: &position, end: earlier.upperBound) {
            if other.name.count == name.count, bytes[other.name].elementsEqual(bytes[name]) {
                throw .duplicateHeader(name: String(decoding: bytes[name], as: UTF8.self))
            }
        }
    }

    private static func names(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Set<[UInt8]> {
        var position = range.lowerBound
        var names: Set<[UInt8]> = []
        while let header = EventStreamHeaderPosition(bytes, at: &position, end: range.upperBound) {
            names.insert(Array(bytes[header.name]))
        }
        return names
    }
}
