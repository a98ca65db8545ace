import Glibc
import JSON

/// Takes the model's own event out of a chunk of InvokeModelWithResponseStream: `{"bytes": "<base64>", "p": "…"}`.
///
/// Source: AWS API reference "PayloadPart".
public struct InvokeModelChunkDecoder {
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
                memory.withUnsafeMutableBufferPointer { Self.event(in: text, into: $0) }
            }
        }
        if let usual { return usual }
        defer { document.recycle() }
        guard (try? document.parse(payload)) != nil, let bytes = document.root["bytes"] else { return nil }
        return bytes.withUTF8 { text in
            memory.withUnsafeMutableBufferPointer { Self.event(in: text.bindMemory(to: UInt8.self), into: $0) }
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

    private static func event(
        in text: UnsafeBufferPointer<UInt8>,
        into memory: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        text.isEmpty ? nil : Base64.decode(text, into: memory)
    }
}
