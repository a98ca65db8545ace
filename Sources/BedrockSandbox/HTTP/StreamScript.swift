/// A streamed body as data: what leaves, in which order, at which pace, and where it goes wrong.
///
/// A state machine without I/O. Whoever plays it asks `next()` and does what it says.
struct StreamScript: Sendable {
    /// The next thing to do.
    enum Step: Sendable, Equatable {
        /// Send these bytes; `tokens` of them are paced (0: the bytes may leave at once).
        case send([UInt8], tokens: Int)
        /// Let this much time pass before the next step.
        case wait(Duration)
        /// Keep the stream open and silent until the peer gives up.
        case hang
        /// Drop the connection without ending the body.
        case drop
    }

    /// A part of the script.
    enum Segment: Sendable {
        /// One ready event that leaves without waiting its turn.
        case frame([UInt8])
        /// One ready event that waits its turn in the token rate.
        case token([UInt8])
        /// A run of delta events, encoded one by one as they are asked for.
        case deltas(DeltaRun)
        case wait(Duration)
        case hang
        case drop
    }

    /// The time between two tokens; nil plays as fast as the peer reads.
    let interval: Duration?
    private let segments: [Segment]
    private var segment = 0
    private var position = 0

    init(interval: Duration?, segments: [Segment]) {
        self.interval = interval
        self.segments = segments
    }

    /// True when the connection is to break before the body's end.
    var endsInDrop: Bool {
        segments.contains { if case .drop = $0 { true } else { false } }
    }

    /// The next step, or nil at the end of the body.
    ///
    /// Without an interval neighbouring events are joined up to about `limit` bytes, since no reader could tell.
    mutating func next(joiningUpTo limit: Int = 16 * 1024) -> Step? {
        var joined: [UInt8] = []
        var tokens = 0
        while segment < segments.count {
            let piece: [UInt8]
            switch segments[segment] {
            case .frame(let bytes):
                piece = bytes
                segment += 1
            case .token(let bytes):
                piece = bytes
                tokens += 1
                segment += 1
            case .deltas(let run):
                guard position < run.count else {
                    segment += 1
                    position = 0
                    continue
                }
                piece = run.frame(at: position)
                position += 1
                tokens += 1
            case .wait(let time):
                if !joined.isEmpty { return .send(joined, tokens: tokens) }
                segment += 1
                return .wait(time)
            case .hang:
                return joined.isEmpty ? .hang : .send(joined, tokens: tokens)
            case .drop:
                return joined.isEmpty ? .drop : .send(joined, tokens: tokens)
            }
            if joined.isEmpty { joined = piece } else { joined += piece }
            if joined.count >= limit || (interval != nil && tokens > 0) { break }
        }
        return joined.isEmpty ? nil : .send(joined, tokens: tokens)
    }
}
