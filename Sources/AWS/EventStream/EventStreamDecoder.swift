internal import CChecksum

/// Cuts a stream of bytes, split anywhere, into messages. No input or output of its own.
///
/// A received piece that starts and ends at message boundaries is used in place; otherwise the unfinished rest of the
/// buffer, at most one message, is copied once in front of the next piece. After an error every further call throws it
/// again, because where the next message starts is unknown.
/// Source: Smithy specification, "Amazon Event Stream Specification".
public struct EventStreamDecoder: Sendable {
    /// Bytes of the largest message accepted, 32 MiB.
    public static let maximumMessageLength = 32 * 1024 * 1024
    /// Bytes of the largest header block accepted, 128 KiB.
    public static let maximumHeadersLength = 128 * 1024

    static let preludeLength = 12
    static let minimumMessageLength = 16

    private var buffer: [UInt8] = []
    private var start = 0
    /// Total length of the message at `start`, once its prelude was checked; saves checking it at every piece.
    private var checkedLength: Int?
    private var failure: EventStreamError?

    public init() {}

    /// Whether everything received was given out as messages; at the end of the stream false means it was cut off.
    public var isAtMessageBoundary: Bool { start == buffer.count && failure == nil }

    /// Takes a received piece; after an error it is dropped.
    public mutating func append(_ bytes: [UInt8]) {
        guard failure == nil, !bytes.isEmpty else { return }
        if start == buffer.count {
            buffer = bytes
        } else {
            if start > 0 {
                buffer.removeSubrange(..<start)
            }
            // A large message comes in many pieces: room for it is made once.
            if let checkedLength { buffer.reserveCapacity(checkedLength) }
            buffer.append(contentsOf: bytes)
        }
        start = 0
    }

    /// The next complete message, nil when more bytes are needed.
    /// - Throws: `EventStreamError`; the stream must be given up.
    public mutating func next() throws(EventStreamError) -> EventStreamMessage? {
        if let failure { throw failure }
        do throws(EventStreamError) {
            return try decode()
        } catch {
            failure = error
            buffer = []
            start = 0
            throw error
        }
    }

    private mutating func decode() throws(EventStreamError) -> EventStreamMessage? {
        let available = buffer.count - start
        if let checkedLength, available < checkedLength { return nil }
        guard available >= Self.preludeLength else { return nil }
        let layout = try buffer.withUnsafeBufferPointer { bytes throws(EventStreamError) in
            try EventStreamLayout(bytes, at: start)
        }
        guard let parts = layout.complete else {
            checkedLength = layout.length
            return nil
        }
        checkedLength = nil
        start += layout.length
        return EventStreamMessage(
            buffer: buffer,
            headerRange: parts.headers,
            payloadRange: parts.payload,
            nameRange: parts.name,
            kind: parts.kind
        )
    }
}

/// Where the parts of the message at one place of a buffer are, checksums and headers checked.
private struct EventStreamLayout {
    struct Complete {
        var headers: Range<Int>
        var payload: Range<Int>
        var name: Range<Int>
        var kind: EventStreamMessage.Kind
    }

    let length: Int
    /// Nil while bytes are missing.
    let complete: Complete?

    /// - Parameter start: at least the 12 bytes of a prelude follow it.
    init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(EventStreamError) {
        let total = bytes.bigEndian(at: start)
        let headers = bytes.bigEndian(at: start + 4)
        let preludeChecksum = bytes.checksum(start..<(start + 8), continuing: 0)
        try Self.require(bytes.bigEndian(at: start + 8), equals: preludeChecksum)
        guard total <= EventStreamDecoder.maximumMessageLength, headers <= EventStreamDecoder.maximumHeadersLength
        else { throw .tooLarge(total: total, headers: headers) }
        guard total >= EventStreamDecoder.minimumMessageLength,
            Int(headers) <= Int(total) - EventStreamDecoder.minimumMessageLength
        else { throw .invalidLength(total: total, headers: headers) }
        length = Int(total)
        guard bytes.count - start >= length else {
            complete = nil
            return
        }
        let checksumStart = start + length - 4
        let checksum = bytes.checksum((start + 8)..<checksumStart, continuing: preludeChecksum)
        try Self.require(bytes.bigEndian(at: checksumStart), equals: checksum)
        let headersStart = start + EventStreamDecoder.preludeLength
        let headersEnd = headersStart + Int(headers)
        let scan = try EventStreamHeaderScan(bytes, headersStart..<headersEnd)
        complete = Complete(
            headers: headersStart..<headersEnd,
            payload: headersEnd..<checksumStart,
            name: scan.name,
            kind: scan.kind
        )
    }

    private static func require(_ expected: UInt32, equals calculated: UInt32) throws(EventStreamError) {
        guard expected == calculated else {
            throw .checksumMismatch(expected: expected, calculated: calculated)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func bigEndian(at offset: Int) -> UInt32 {
        UInt32(bigEndian: UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// CRC-32 (IEEE 802.3) of a range, going on from the checksum of the bytes before it.
    fileprivate func checksum(_ range: Range<Int>, continuing checksum: UInt32) -> UInt32 {
        guard let baseAddress else { return checksum }
        return checksum_crc32(checksum, baseAddress + range.lowerBound, range.count)
    }
}
