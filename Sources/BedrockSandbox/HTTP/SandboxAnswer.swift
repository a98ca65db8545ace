import JSON

/// What the sandbox answers: a status, headers and a body that is either ready or a script to play.
struct SandboxAnswer: Sendable {
    var status: Int
    var headers: [SandboxHeader] = []
    var body = Body.bytes([])
    /// How long to wait before the status line leaves.
    var delay: Duration = .zero
    /// True when not even a status line is to leave: the peer is kept waiting until it gives up.
    var hangsBeforeHead = false

    /// Ready, or made while it is sent.
    enum Body: Sendable {
        /// The whole body, sent with its length.
        case bytes([UInt8])
        /// A body of unknown length, played step by step.
        case script(StreamScript)
    }

    static func json(_ value: JSON, status: Int = 200, headers: [SandboxHeader] = []) -> SandboxAnswer {
        SandboxAnswer(
            status: status,
            headers: [SandboxHeader("Content-Type", "application/json")] + headers,
            body: .bytes(value.serialized())
        )
    }

    static func text(_ text: String, status: Int, type: String = "text/plain; charset=utf-8") -> SandboxAnswer {
        SandboxAnswer(
            status: status,
            headers: [SandboxHeader("Content-Type", type)],
            body: .bytes(Array(text.utf8))
        )
    }
}
