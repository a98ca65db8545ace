import JSON

/// Gives what a model answers its form: one body with its metrics in headers, or chunks with the metrics in the last.
///
/// Source: Bedrock user guide, "Monitor model invocation: token counts"; API reference, PayloadPart.
struct InvokeModelAnswer {
    /// Tokens as the service counts them for its bill; nil for models that are not billed by tokens.
    private let usage: (input: Int, output: Int)?
    private let delivery: Delivery

    init(_ directives: Directives, rate: Double, usage: (input: Int, output: Int)?) {
        self.usage = usage
        delivery = Delivery(directives, rate: rate)
    }

    private var tokens: Int { usage?.output ?? 0 }
    private var latency: Int { delivery.latency(tokens: tokens) }

    func whole(_ body: JSON) -> SandboxAnswer {
        var headers = [SandboxHeader("X-Amzn-Bedrock-Invocation-Latency", String(latency))]
        if let usage {
            headers.append(SandboxHeader("X-Amzn-Bedrock-Input-Token-Count", String(usage.input)))
            headers.append(SandboxHeader("X-Amzn-Bedrock-Output-Token-Count", String(usage.output)))
        }
        return delivery.whole(.json(body, headers: headers), tokens: tokens)
    }

    /// - Parameters:
    ///   - pieces: the chunks that bring text.
    ///   - last: the chunk that says why the answer ends.
    func stream(_ pieces: [StreamScript.Segment], last: JSONObject) -> SandboxAnswer {
        var withMetrics = last
        withMetrics["amazon-bedrock-invocationMetrics"] = [
            "inputTokenCount": JSON(usage?.input ?? 0), "outputTokenCount": JSON(tokens),
            "invocationLatency": JSON(latency), "firstByteLatency": JSON(delivery.firstToken),
        ]
        return delivery.stream(
            delivery.wait + pieces + [.frame(EventFrame.chunk(.object(withMetrics), padded: 3))],
            [
                SandboxHeader("Content-Type", "application/vnd.amazon.eventstream"),
                SandboxHeader("X-Amzn-Bedrock-Content-Type", "application/json"),
            ],
            .chunks
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
