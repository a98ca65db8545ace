import JSON

// MARK: - Streams that go wrong

extension ConverseAnswer {
    /// The script's parts with the fault in its place.
    func faulty(_ segments: [StreamScript.Segment]) -> [StreamScript.Segment] {
        guard let fault else { return segments }
        let start = { segments.split(tokens: fault.tokensBefore) }
        switch fault.fault.effect {
        case .error, .raw, .hangBeforeHead: return segments
        case .exception(let type, let payload, _):
            return start().before + [.frame(EventFrame.exception(type, .object(payload)))]
        case .errorMessage(let code, let message):
            return start().before + [.frame(EventFrame.error(code: code, message: message))]
        case .stream(let kind):
            let (before, after) = start()
            return apply(kind, before, after)
        }
    }

    private func apply(
        _ kind: Fault.StreamFault,
        _ before: [StreamScript.Segment],
        _ after: [StreamScript.Segment]
    ) -> [StreamScript.Segment] {
        let delta = EventFrame.event(
            "contentBlockDelta",
            ["contentBlockIndex": 0, "delta": ["text": "never seen"]],
            padded: 1
        )
        switch kind {
        case .cut: return before + [.frame(Array(delta.prefix(delta.count / 2))), .drop]
        case .halfFrame: return before + [.frame(Array(delta.prefix(delta.count / 2)))]
        case .drop: return before + [.drop]
        case .end: return before
        case .noStop: return before + Array(after.dropLast(2))
        case .noMetadata: return before + Array(after.dropLast(1))
        case .badChecksum: return before + [.frame(Self.flip(delta, at: delta.count - 1))] + after
        case .badPrelude: return before + [.frame(Self.flip(delta, at: 8))] + after
        case .hugeFrame: return before + [.frame(Self.hugePrelude)] + after
        case .hang: return before + [.hang]
        case .unknownEvents: return before + Self.unknownEvents.map { .frame($0) } + after
        case .notJSON:
            return before
                + [.frame(EventFrame.frame(event: "contentBlockDelta", payload: Array("{\"contentBlock".utf8)))]
                + after
        }
    }

    private static func flip(_ frame: [UInt8], at index: Int) -> [UInt8] {
        var frame = frame
        frame[index] ^= 0x40
        return frame
    }

    /// A prelude that is right in itself and claims 1 GiB.
    private static var hugePrelude: [UInt8] {
        let lengths: [UInt8] = [0x40, 0, 0, 0, 0, 0, 0, 0x57]
        return lengths + Checksum.crc32(lengths)
    }

    private static let unknownEvents: [[UInt8]] = [
        EventFrame.event("somethingNew", ["anything": ["goes": [1, 2.5, .null]]]),
        EventFrame.event(
            "contentBlockDelta",
            ["contentBlockIndex": 0, "delta": ["hologram": ["volume": "…"]], "future": true]
        ),
        EventFrame.event("contentBlockDelta", ["contentBlockIndex": 0, "delta": ["citation": ["title": "A page"]]]),
        EventFrame.event(
            "contentBlockDelta",
            ["contentBlockIndex": 0, "delta": ["text": .null, "toolUse": .null]]
        ),
    ]
}

extension [StreamScript.Segment] {
    /// Splits after so many tokens. A wait belongs to what follows it.
    func split(tokens limit: Int) -> (before: Self, after: Self) {
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
        let end = Swift.max(0, count - 2)
        return (Array(self[..<end]), Array(self[end...]))
    }
}
