/// How the streams of one protocol go wrong.
struct FaultyStream: Sendable {
    /// Some delta event.
    var sample: [UInt8]
    var notJSON: [UInt8]
    /// Events, deltas and members nobody knows.
    var unknownEvents: [[UInt8]]
    /// Events at the end that tell why the answer ends, and last of all what it took.
    var endingCount = 2
    /// Whether frames have lengths and checksums.
    var isBinary = true
    var failure: @Sendable (Fault.Failure) -> [UInt8]

    /// The script's parts with the fault in its place.
    func apply(_ order: Directives.FaultOrder?, to segments: [StreamScript.Segment]) -> [StreamScript.Segment] {
        guard let order else { return segments }
        let parts = { segments.split(tokens: order.tokensBefore, endingCount: endingCount) }
        switch order.fault.effect {
        case .error, .raw, .hangBeforeHead: return segments
        case .failure(let reason, _): return parts().before + [.frame(failure(reason))]
        case .stream(let kind):
            let (before, after) = parts()
            return apply(kind, before, after)
        }
    }

    private func apply(
        _ kind: Fault.StreamFault,
        _ before: [StreamScript.Segment],
        _ after: [StreamScript.Segment]
    ) -> [StreamScript.Segment] {
        switch kind {
        case .cut: return before + [.frame(Array(sample.prefix(sample.count / 2))), .drop]
        case .halfFrame: return before + [.frame(Array(sample.prefix(sample.count / 2)))]
        case .drop: return before + [.drop]
        case .end: return before
        case .noStop: return before + Array(after.dropLast(endingCount))
        case .noMetadata: return before + Array(after.dropLast(1))
        case .badChecksum: return before + frame(Self.flip(sample, at: sample.count - 1)) + after
        case .badPrelude: return before + frame(Self.flip(sample, at: 8)) + after
        case .hugeFrame: return before + frame(Self.hugePrelude) + after
        case .hang: return before + [.hang]
        case .unknownEvents: return before + unknownEvents.map { .frame($0) } + after
        case .notJSON: return before + [.frame(notJSON)] + after
        }
    }

    /// Where frames have neither lengths nor checksums, none of them can be wrong.
    private func frame(_ bytes: [UInt8]) -> [StreamScript.Segment] { isBinary ? [.frame(bytes)] : [] }

    private static func flip(_ frame: [UInt8], at index: Int) -> [UInt8] {
        var frame = frame
        frame[index] ^= 0x40
        return frame
    }

    /// A prelude that is right in itself and claims 1 GiB.
    private static let hugePrelude: [UInt8] = [0x40, 0, 0, 0, 0, 0, 0, 0x57, 0xB9, 0xB0, 0xD9, 0xD3]
}

extension SandboxAnswer {
    /// An answer in one piece under a fault of streams, as far as that has a meaning without a stream.
    func broken(by order: Directives.FaultOrder?) -> SandboxAnswer {
        guard case .stream(let fault)? = order?.fault.effect, case .bytes(let bytes) = body else { return self }
        var answer = self
        let half = Array(bytes.prefix(bytes.count / 2))
        switch fault {
        case .cut, .drop: answer.body = .script(StreamScript(interval: nil, segments: [.frame(half), .drop]))
        case .halfFrame, .end, .noStop, .notJSON: answer.body = .bytes(half)
        case .hang: answer.hangsBeforeHead = true
        case .noMetadata, .badChecksum, .badPrelude, .hugeFrame, .unknownEvents: break
        }
        return answer
    }
}

extension [StreamScript.Segment] {
    /// Splits after so many tokens. A wait belongs to what follows it.
    fileprivate func split(tokens limit: Int, endingCount: Int) -> (before: Self, after: Self) {
        var left = limit
        for (index, segment) in enumerated() {
            guard case .deltas(let run) = segment else {
                if case .token = segment {
                    if left == 0 { return (Array(self[..<index]), Array(self[index...])) }
                    left -= 1
                }
                continue
            }
            if run.count > left {
                let head = (0..<left).map { StreamScript.Segment.token(run.frame(at: $0)) }
                var tail = run
                tail.start += left
                return (Array(self[..<index]) + head, [.deltas(tail)] + self[(index + 1)...])
            }
            left -= run.count
        }
        // Fewer tokens than asked for: before the end of the message.
        let end = Swift.max(0, count - endingCount)
        return (Array(self[..<end]), Array(self[end...]))
    }
}
