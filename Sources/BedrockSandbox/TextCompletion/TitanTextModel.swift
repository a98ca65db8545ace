import JSON

/// Titan Text G1 Express.
///
/// Source: Bedrock user guide, "Amazon Titan Text models".
struct TitanTextModel: ModelBody {
    let invocation: Sandbox.Invocation
    let userText: String
    private let inputTokens: Int

    init(_ invocation: Sandbox.Invocation) throws(AWSError) {
        self.invocation = invocation
        try BodyCheck.check(invocation.json, against: Self.shape(invocation.model))
        let prompt = invocation.json["inputText"]?.stringValue ?? ""
        userText = TextDialog(prompt, userCue: "\n\nHuman:", assistantCue: "\n\nAssistant:").lastUserText
        inputTokens = TokenCount.text(prompt)
        guard inputTokens <= invocation.model.context else {
            throw .tooManyInputTokens(inputTokens, maximum: invocation.model.context)
        }
    }

    private static func shape(_ model: SandboxModel) -> Shape {
        .structure([
            .init("inputText", .text(.length(1...42_000)), required: true),
            .init(
                "textGenerationConfig",
                .structure([
                    .init("temperature", .number(0...1)),
                    .init("topP", .number(0...1)),
                    .init("maxTokenCount", .integer(0...model.maximumOutput)),
                    .init("stopSequences", .list(.text(TextRule(pattern: .bars)))),
                ])
            ),
        ])
    }

    func answer(_ directives: Directives, rate: Double) throws(AWSError) -> SandboxAnswer {
        let generation = invocation.json["textGenerationConfig"]
        let question = Question(
            json: invocation.json,
            text: userText,
            messageCount: 1,
            stopSequences: (generation?["stopSequences"]?.arrayValue ?? []).compactMap(\.stringValue),
            maximumTokens: generation?["maxTokenCount"]?.intValue ?? 512
        )
        let plan = try AnswerPlan(completing: question, directives, model: invocation.model, opening: "\n")
        let reason: JSON =
            switch plan.stopReason {
            case "end_turn": "FINISH"
            case "max_tokens": "LENGTH"
            case "stop_sequence": "STOP_CRITERIA_MET"
            default: .string(plan.stopReason)
            }
        let (inputTokens, outputTokens) = (JSON(inputTokens), JSON(plan.text.tokens))
        let form = InvokeModelAnswer(directives, rate: rate, usage: (self.inputTokens, plan.text.tokens))
        guard invocation.isStreaming else {
            return form.whole([
                "inputTextTokenCount": inputTokens,
                "results": [
                    [
                        "tokenCount": outputTokens, "outputText": .string(plan.text.text), "completionReason": reason,
                    ]
                ],
            ])
        }
        @Sendable func event(_ text: String, input: JSON = .null) -> JSONObject {
            [
                "outputText": .string(text), "index": 0, "totalOutputTextTokenCount": .null, "completionReason": .null,
                "inputTextTokenCount": input,
            ]
        }
        // The first chunk tells what the input took.
        var pieces: [StreamScript.Segment] = []
        if plan.text.pieceCount > 0 {
            let first = event(plan.text.piece(at: 0), input: inputTokens)
            pieces.append(.token(EventFrame.chunk(.object(first))))
            var rest = DeltaRun(chunks: plan.text) { event($0) }
            rest.start = 1
            pieces.append(.deltas(rest))
        }
        var last = event("", input: pieces.isEmpty ? inputTokens : .null)
        last["totalOutputTextTokenCount"] = outputTokens
        last["completionReason"] = reason
        return form.stream(pieces, last: last)
    }
}

extension TextPattern {
    /// What Titan takes for a stop sequence.
    static let bars = TextPattern(spelling: #"^(\|+|User:)$"#) { text in
        text == "User:" || !text.isEmpty && text.utf8.allSatisfy { $0 == UInt8(ascii: "|") }
    }
}

extension AWSError {
    static func tooManyInputTokens(_ count: Int, maximum: Int) -> AWSError {
        validation("Too many input tokens. Max input tokens: \(maximum), request input token count: \(count) ")
    }
}
