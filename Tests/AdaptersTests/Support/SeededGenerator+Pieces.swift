import RandomTesting

@testable import AWS
@testable import Bedrock

extension SeededGenerator {
    /// Bytes cut anywhere, as a network may.
    mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(Int.random(in: 1...97, using: &self))))
            rest = rest.dropFirst(pieces[pieces.count - 1].count)
        }
        return pieces
    }

    /// The messages of an event stream that comes in pieces.
    mutating func messages(of bytes: [UInt8]) throws -> [UpstreamEvent] {
        var decoder = EventStreamDecoder()
        var events: [UpstreamEvent] = []
        for piece in pieces(of: bytes) {
            decoder.append(piece)
            while let message = try decoder.next() { events.append(.message(message)) }
        }
        return events
    }
}
