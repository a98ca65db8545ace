@testable import AWS
@testable import Bedrock

/// A small generator whose sequences repeat.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

extension SplitMix {
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
