import JSON

// MARK: - Streams that go wrong

extension FaultyStream {
    /// ConverseStream's frames.
    static let converse = FaultyStream(
        sample: EventFrame.event(
            "contentBlockDelta",
            ["contentBlockIndex": 0, "delta": ["text": "never seen"]],
            padded: 1
        ),
        notJSON: EventFrame.frame(event: "contentBlockDelta", payload: Array("{\"contentBlock".utf8)),
        unknownEvents: [
            EventFrame.event("somethingNew", ["anything": ["goes": [1, 2.5, .null]]]),
            EventFrame.event(
                "contentBlockDelta",
                ["contentBlockIndex": 0, "delta": ["hologram": ["volume": "…"]], "future": true]
            ),
            EventFrame.event(
                "contentBlockDelta",
                ["contentBlockIndex": 0, "delta": ["citation": ["title": "A page"]]]
            ),
            EventFrame.event(
                "contentBlockDelta",
                ["contentBlockIndex": 0, "delta": ["text": .null, "toolUse": .null]]
            ),
        ],
        failure: { failure in
            switch failure {
            case .exception(let type, let payload): EventFrame.exception(type, .object(payload))
            case .errorMessage(let code, let message): EventFrame.error(code: code, message: message)
            case .overloaded: EventFrame.exception("serviceUnavailableException", ["message": "Overloaded"])
            }
        }
    )
}
