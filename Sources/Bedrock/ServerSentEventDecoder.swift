/// Cuts a `text/event-stream` body into events, whatever the pieces it arrives in.
///
/// Source: HTML Living Standard, "Server-sent events: interpreting an event stream".
public struct ServerSentEventDecoder: Sendable {
    /// Bytes of the largest event accepted, 32 MiB.
    static let maximumEventLength = 32 << 20

    private var buffer: [UInt8] = []
    /// Where the line that is next begins.
    private var start = 0
    /// Bytes from `start` on that are known to hold no line end.
    private var scanned = 0
    /// The line end before was a carriage return: a line feed right after it belongs to it.
    private var skipsLineFeed = false
    private var isAtBeginning = true
    private var event: String?
    private var data: [UInt8] = []
    private var hasData = false

    public init() {}

    /// Takes a received piece, split anywhere; `next` gives out what it completes.
    public mutating func append(_ bytes: [UInt8]) {
        if start == buffer.count {
            buffer = bytes
            start = 0
        } else {
            if start > 0 {
                buffer.removeFirst(start)
                start = 0
            }
            buffer += bytes
        }
    }

    /// The next whole event, nil when more bytes are needed. An event that the stream ends in is never delivered.
    /// - Throws: when an event is larger than this program is willing to hold; the stream must be given up.
    public mutating func next() throws(ServerSentEventTooLarge) -> (event: String?, data: [UInt8])? {
        while let line = nextLine() {
            if !line.isEmpty {
                take(line)
            } else if hasData {
                defer {
                    event = nil
                    hasData = false
                    data = []
                }
                return (event, data)
            } else {
                event = nil
            }
            guard data.count <= Self.maximumEventLength else { throw ServerSentEventTooLarge() }
        }
        guard data.count + buffer.count - start <= Self.maximumEventLength else { throw ServerSentEventTooLarge() }
        return nil
    }

    private mutating func nextLine() -> Range<Int>? {
        skipByteOrderMark()
        if skipsLineFeed, start < buffer.count {
            if buffer[start] == UInt8(ascii: "\n") { start += 1 }
            skipsLineFeed = false
        }
        let end = buffer.withUnsafeBufferPointer { bytes -> Int? in
            var position = start + scanned
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r") { return position }
                position += 1
            }
            return nil
        }
        guard let end else {
            scanned = buffer.count - start
            return nil
        }
        let line = start..<end
        skipsLineFeed = buffer[end] == UInt8(ascii: "\r")
        start = end + 1
        scanned = 0
        isAtBeginning = false
        return line
    }

    private mutating func skipByteOrderMark() {
        guard isAtBeginning, buffer.count >= 3 else { return }
        isAtBeginning = false
        guard buffer.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
        start = 3
        scanned = 0
    }

    private mutating func take(_ line: Range<Int>) {
        let colon = buffer[line].firstIndex(of: UInt8(ascii: ":")) ?? line.upperBound
        // A line that begins with a colon is a comment.
        guard colon > line.lowerBound else { return }
        var valueStart = min(colon + 1, line.upperBound)
        if valueStart < line.upperBound, buffer[valueStart] == UInt8(ascii: " ") { valueStart += 1 }
        let value = buffer[valueStart..<line.upperBound]
        let field = buffer[line.lowerBound..<colon]
        if field.elementsEqual("data".utf8) {
            if hasData { data.append(UInt8(ascii: "\n")) }
            hasData = true
            data += value
        } else if field.elementsEqual("event".utf8) {
            event = Self.name(value)
        }
    }

    /// Names that come with every token, so that no string is made for them.
    private static let frequentNames = ["content_block_delta", "content_block_start", "content_block_stop", "ping"]

    private static func name(_ bytes: ArraySlice<UInt8>) -> String {
        frequentNames.first { $0.utf8.elementsEqual(bytes) } ?? String(decoding: bytes, as: UTF8.self)
    }
}

/// More than this program is willing to hold.
public struct ServerSentEventTooLarge: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String {
        "Server-sent event too large: more than \(ServerSentEventDecoder.maximumEventLength) bytes"
    }
}
