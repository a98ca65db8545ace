import Glibc
import JSON

/// Takes the model's own event out of a chunk of InvokeModelWithResponseStream: `{"bytes": "<base64>", "p": "…"}`.
///
/// Source: AWS API reference "PayloadPart".
public struct InvokeModelChunk {
    /// Grows to the largest event and is used again.
    private var memory: [UInt8] = []
    /// For chunks that are not written the usual way.
    private let document = JSONDocument()

    public init() {}

    /// Decodes a payload and lends the event inside to `body`; the memory is used again for the next one.
    /// - Returns: nil when the payload holds no event.
    public mutating func withEvent<Result, Failure: Error>(
        in payload: ArraySlice<UInt8>,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let count = decode(payload) else { return nil }
        return try memory.withUnsafeBufferPointer { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<count])))
        }
    }

    /// - Returns: bytes of the event at the start of `memory`.
    private mutating func decode(_ payload: ArraySlice<UInt8>) -> Int? {
        if memory.count < payload.count { memory = [UInt8](repeating: 0, count: max(payload.count * 2, 1024)) }
        let usual = payload.withUnsafeBufferPointer { payload in
            Self.usualText(in: payload).flatMap { text in
                memory.withUnsafeMutableBufferPointer { Self.decode(text, into: $0) }
            }
        }
        if let usual { return usual }
        guard (try? document.parse(payload)) != nil, let bytes = document.root["bytes"] else { return nil }
        return bytes.withUTF8 { text in
            memory.withUnsafeMutableBufferPointer { Self.decode(text.bindMemory(to: UInt8.self), into: $0) }
        } ?? nil
    }

    /// The base64 of `{"bytes":"` … `"`: the way the service writes it.
    private static func usualText(in payload: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let head: StaticString = #"{"bytes":""#
        let length = head.utf8CodeUnitCount
        guard let start = payload.baseAddress, payload.count > length, memcmp(start, head.utf8Start, length) == 0,
            let end = memchr(start + length, Int32(UInt8(ascii: "\"")), payload.count - length)
        else { return nil }
        return UnsafeBufferPointer(rebasing: payload[length..<(UnsafeRawPointer(end) - UnsafeRawPointer(start))])
    }

    /// - Parameter event: at least as long as `text`.
    /// - Returns: bytes written, nil when the text is not base64 with its padding.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        into event: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        var end = text.count
        guard end > 0, end % 4 == 0 else { return nil }
        while end > 0, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        var written = 0
        // A character outside the alphabet has the value 0xFF; one look at the end finds any.
        var seen: UInt8 = 0
        values.withUnsafeBufferPointer { values in
            var position = 0
            while position + 4 <= end {
                let (first, second) = (values[Int(text[position])], values[Int(text[position + 1])])
                let (third, fourth) = (values[Int(text[position + 2])], values[Int(text[position + 3])])
                seen |= first | second | third | fourth
                event[written] = first << 2 | second >> 4
                event[written + 1] = second << 4 | third >> 2
                event[written + 2] = third << 6 | fourth
                position += 4
                written += 3
            }
            let rest = end - position
            // One character alone encodes nothing.
            if rest == 1 { seen = 0xFF }
            guard rest > 1 else { return }
            let (first, second) = (values[Int(text[position])], values[Int(text[position + 1])])
            let third = rest == 3 ? values[Int(text[position + 2])] : 0
            seen |= first | second | third
            event[written] = first << 2 | second >> 4
            written += 1
            guard rest == 3 else { return }
            event[written] = second << 4 | third >> 2
            written += 1
        }
        return seen < 64 ? written : nil
    }

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}
