/// Number of a value's type on the wire. Bedrock sends strings only; the others are skipped.
enum EventStreamHeaderType: UInt8 {
    case `true`, `false`, int8, int16, int32, int64, bytes, string, timestamp, uuid

    /// Bytes of the value; nil when a two-byte length precedes it.
    var fixedLength: Int? {
        switch self {
        case .true, .false: 0
        case .int8: 1
        case .int16: 2
        case .int32: 4
        case .int64, .timestamp: 8
        case .uuid: 16
        case .bytes, .string: nil
        }
    }
}

/// Where the parts of one header are, in bytes from the start of the buffer that was read.
struct EventStreamHeaderPosition {
    var name: Range<Int>
    var type: EventStreamHeaderType
    var value: Range<Int>

    /// Reads the header at `position` and moves `position` behind it. Nil when it does not end before `end`.
    init?(_ buffer: UnsafeBufferPointer<UInt8>, at position: inout Int, end: Int) {
        guard position < end else { return nil }
        let nameStart = position + 1
        let nameEnd = nameStart + Int(buffer[position])
        guard nameEnd > nameStart, nameEnd < end, let type = EventStreamHeaderType(rawValue: buffer[nameEnd]) else {
            return nil
        }
        var valueStart = nameEnd + 1
        let valueLength: Int
        if let fixed = type.fixedLength {
            valueLength = fixed
        } else {
            guard valueStart + 2 <= end else { return nil }
            valueLength = Int(buffer[valueStart]) << 8 | Int(buffer[valueStart + 1])
            valueStart += 2
        }
        guard valueStart + valueLength <= end else { return nil }
        name = nameStart..<nameEnd
        self.type = type
        value = valueStart..<(valueStart + valueLength)
        position = value.upperBound
    }
}
