import JSON

/// Cohere Command and Command Light. What likelihoods a request asks for, the answer does not have.
///
/// Source: Bedrock user guide, "Cohere Command models".
struct CommandModel: ModelBody {
    let invocation: Sandbox.Invocation
    let userText: String
    private let prompt: String

    init(_ invocation: Sandbox.Invocation) throws(AWSError) {
        self.invocation = invocation
        try BodyCheck.check(invocation.json, against: Self.shape(invocation.model))
        prompt = invocation.json["prompt"]?.stringValue ?? ""
        userText = TextDialog(prompt, userCue: "\nUser:", assistantCue: "\nChatbot:").lastUserText
        let tokens = TokenCount.text(prompt) + limit
        let isTruncated = ["START", "END"].contains(invocation.json["truncate"]?.stringValue)
        guard isTruncated || tokens <= invocation.model.context else {
            throw .validation(
                "too many tokens: total number of tokens (prompt and prediction) cannot exceed "
                    + "\(invocation.model.context) - received \(tokens). Try using a shorter prompt or a smaller "
                    + "max_tokens value."
            )
        }
    }

    private static func shape(_ model: SandboxModel) -> Shape {
        .structure([
            .init("prompt", .text(.length(1...Int.max)), required: true),
            .init("temperature", .number(0...5)),
            .init("p", .number(0...1)),
            .init("k", .number(0...500)),
            .init("max_tokens", .integer(1...model.maximumOutput)),
            .init("stop_sequences", .list(.text(), count: 0...model.stopSequences)),
            .init("return_likelihoods", .text(.oneOf("GENERATION", "ALL", "NONE"))),
            .init("stream", .boolean),
            .init("num_generations", .integer(1...5)),
            .init("logit_bias", .document),
            .init("truncate", .text(.oneOf("NONE", "START", "END"))),
        ])
    }

    private var limit: Int { invocation.json["max_tokens"]?.intValue ?? 20 }

    func answer(_ directives: Directives, rate: Double) throws(AWSError) -> SandboxAnswer {
        let json = invocation.json
        let question = Question(
            json: json,
            text: userText,
            messageCount: 1,
            stopSequences: (json["stop_sequences"]?.arrayValue ?? []).compactMap(\.stringValue),
            maximumTokens: limit
        )
        let plan = try AnswerPlan(completing: question, directives, model: invocation.model, opening: " ")
        let reason: JSON =
            switch plan.stopReason {
            case "end_turn", "stop_sequence": "COMPLETE"
            case "max_tokens": "MAX_TOKENS"
            default: .string(plan.stopReason)
            }
        let text = plan.text
        let form = InvokeModelAnswer(directives, rate: rate, usage: (TokenCount.text(prompt), text.tokens))
        if invocation.isStreaming, json["stream"]?.boolValue == true {
            let pieces = DeltaRun(chunks: text) { ["index": 0, "is_finished": false, "text": .string($0)] }
            return form.stream([.deltas(pieces)], last: ["index": 0, "is_finished": true, "finish_reason": reason])
        }
        let whole: JSONObject = [
            "generations": [
                ["finish_reason": reason, "id": .string(id("generation")), "text": .string(text.text)]
            ],
            "id": .string(id("answer")),
            "prompt": .string(prompt),
        ]
        // A model that is not told to stream answers whole, in a stream of one chunk.
        return invocation.isStreaming ? form.stream([], last: whole) : form.whole(.object(whole))
    }

    /// The same for the same prompt.
    private func id(_ use: String) -> String { ASCII.uuid(Digest.sha256("\(use) \(prompt)")) }
}
