import JSON

/// Gives what a model answers its form: one body with its metrics in headers, or chunks with the metrics in the last.
///
/// Source: Bedrock user guide, "Monitor model invocation: token counts"; API reference, PayloadPart.
struct InvokeModelAnswer {
    /// Tokens as the service counts them for its bill; nil for models that are not billed by tokens.
    var usage: (input: Int, output: Int)?
    /// Tokens a second; 0: as fast as possible.
    var rate: Double
    /// Milliseconds before the first token.
    var firstToken: Int
    var fault: Directives.FaultOrder?

    init(_ directives: Directives, rate: Double, usage: (input: Int, output: Int)?) {
        self.usage = usage
        self.rate = directives.rate ?? rate
        firstToken = directives.firstToken ?? 0
        fault = directives.fault
    }

    /// In milliseconds; follows from the answer's length, so that it is the same every time.
    private var latency: Int {
        firstToken + (rate > 0 ? Int(Double(usage?.output ?? 0) * 1000 / rate) : 0)
    }

    func whole(_ body: JSON) -> SandboxAnswer {
        var headers = [SandboxHeader("X-Amzn-Bedrock-Invocation-Latency", String(latency))]
        if let usage {
            headers.append(SandboxHeader("X-Amzn-Bedrock-Input-Token-Count", String(usage.input)))
            headers.append(SandboxHeader("X-Amzn-Bedrock-Output-Token-Count", String(usage.output)))
        }
        var answer = SandboxAnswer.json(body, headers: headers)
        answer.delay = .milliseconds(latency)
        return answer.broken(by: fault)
    }

    /// - Parameters:
    ///   - pieces: the chunks that bring text.
    ///   - last: the chunk that says why the answer ends.
    func stream(_ pieces: [StreamScript.Segment], last: JSONObject) -> SandboxAnswer {
        var withMetrics = last
        withMetrics["amazon-bedrock-invocationMetrics"] = [
            "inputTokenCount": JSON(usage?.input ?? 0), "outputTokenCount": JSON(usage?.output ?? 0),
            "invocationLatency": JSON(latency), "firstByteLatency": JSON(firstToken),
        ]
        let segments =
            (firstToken > 0 ? [.wait(.milliseconds(firstToken))] : []) + pieces
            + [.frame(EventFrame.chunk(.object(withMetrics), padded: 3))]
        return SandboxAnswer(
            status: 200,
            headers: [
                SandboxHeader("Content-Type", "application/vnd.amazon.eventstream"),
                SandboxHeader("X-Amzn-Bedrock-Content-Type", "application/json"),
            ],
            body: .script(
                StreamScript(
                    interval: rate > 0 ? .nanoseconds(Int64(1_000_000_000 / rate)) : nil,
                    segments: FaultyStream.chunks.apply(fault, to: segments)
                )
            )
        )
    }
}

extension FaultyStream {
    /// Of models whose last chunk tells both why the answer ends and what it took.
    fileprivate static let chunks = FaultyStream(
        sample: EventFrame.chunk(["completion": "never seen"]),
        notJSON: EventFrame.chunk(bytes: Array(#"{"completion"#.utf8)),
        unknownEvents: [
            EventFrame.event("somethingNew", ["anything": ["goes": [1, 2.5, .null]]]),
            EventFrame.chunk(["type": "hologram", "volume": 3.5]),
        ],
        endingCount: 1,
        failure: FaultyStream.converse.failure
    )
}

extension AWSError {
    /// A stream of a model that makes no text.
    static let unsupportedForStreaming = validation("The model is unsupported for streaming.")
}

extension DeltaRun {
    /// Chunks with the model's own JSON around each piece.
    init(chunks content: AnswerText, _ event: @escaping @Sendable (String) -> JSONObject) {
        self.init(content) { content, index in
            EventFrame.chunk(.object(event(content.piece(at: index))), padded: index)
        }
    }
}
