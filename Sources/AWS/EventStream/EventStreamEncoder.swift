internal import CChecksum

/// Writes messages of an event stream, the other side of `EventStreamDecoder`.
/// Source: Smithy specification, "Amazon Event Stream Specification".
public enum EventStreamEncoder {
    /// One message whose headers are strings, as Bedrock's are.
    ///
    /// The format holds 1 to 255 bytes of a name and 65,535 of a value: longer ones are cut, a nameless header is left
    /// out.
    public static func encode(headers: [(String, String)], payload: [UInt8]) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(payload.count + 128)
        message.append(contentsOf: repeatElement(0, count: EventStreamDecoder.preludeLength))
        for (name, value) in headers where !name.isEmpty {
            append(name: name, value: value, to: &message)
        }
        let headersLength = message.count - EventStreamDecoder.preludeLength
        message.append(contentsOf: payload)
        store(UInt32(truncatingIfNeeded: message.count + 4), at: 0, in: &message)
        store(UInt32(truncatingIfNeeded: headersLength), at: 4, in: &message)
        store(checksum(message.prefix(8)), at: 8, in: &message)
        appendInteger(checksum(message[...]), to: &message)
        return message
    }

    private static func append(name: String, value: String, to message: inout [UInt8]) {
        let nameBytes = cut(name, to: 255)
        message.append(UInt8(truncatingIfNeeded: nameBytes.count))
        message.append(contentsOf: nameBytes)
        message.append(EventStreamHeaderType.string.rawValue)
        let valueBytes = cut(value, to: 65_535)
        appendInteger(UInt16(truncatingIfNeeded: valueBytes.count), to: &message)
        message.append(contentsOf: valueBytes)
    }

    /// At most `limit` bytes of UTF-8, never half a character.
    private static func cut(_ text: String, to limit: Int) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count > limit else { return bytes }
        var end = limit
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }

    private static func appendInteger(_ value: some FixedWidthInteger, to message: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { message.append(contentsOf: $0) }
    }

    private static func store(_ value: UInt32, at offset: Int, in message: inout [UInt8]) {
        message.withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self) }
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { checksum_crc32(0, $0.baseAddress, $0.count) }
    }
}
