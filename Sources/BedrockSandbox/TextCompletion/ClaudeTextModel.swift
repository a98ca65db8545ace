import JSON

/// Claude 2.1, 2 and Instant: text completions.
///
/// Source: Bedrock user guide, "Anthropic Claude Text Completions API"; Anthropic, "Prompt validation".
struct ClaudeTextModel: ModelBody {
    let invocation: Sandbox.Invocation
    private let prompt: String
    private let dialog: TextDialog
    private let results: [Question.ToolResult]
    let userText: String

    private static let userCue = "\n\nHuman:"
    private static let assistantCue = "\n\nAssistant:"

    init(_ invocation: Sandbox.Invocation) throws(AWSError) {
        self.invocation = invocation
        try BodyCheck.check(invocation.json, against: Self.shape(invocation.model))
        prompt = invocation.json["prompt"]?.stringValue ?? ""
        dialog = TextDialog(prompt, userCue: Self.userCue, assistantCue: Self.assistantCue)
        (userText, results) = ToolXML.takeResults(dialog.lastUserText)
        try checkTurns()
        guard TokenCount.text(prompt) <= invocation.model.context else {
            throw .validation("Input is too long for requested model.")
        }
    }

    private static func shape(_ model: SandboxModel) -> Shape {
        .structure([
            .init("prompt", .text(.length(1...Int.max)), required: true),
            .init("max_tokens_to_sample", .integer(0...model.maximumOutput), required: true),
            .init("temperature", .number(0...1)),
            .init("top_p", .number(0...1)),
            .init("top_k", .integer(0...500)),
            .init("stop_sequences", .list(.text(.length(1...Int.max)), count: 0...model.stopSequences)),
            .init("anthropic_version", .text()),
        ])
    }

    /// Line feeds before the first cue are not insisted on. A model with system prompts takes all that stands before the
    /// first turn of the user for one.
    private func checkTurns() throws(AWSError) {
        var faults: [String] = []
        let starts =
            invocation.model.system
            ? dialog.turns.contains(where: \.isUser)
            : Self.isBlank(dialog.preamble) && dialog.turns.first?.isUser == true
        if !starts {
            faults.append(#"prompt must start with "\n\nHuman:" turn"#)
        }
        if dialog.turns.last?.isUser != false { faults.append(#"prompt must end with "\n\nAssistant:" turn"#) }
        guard faults.isEmpty else { throw .validation("Invalid prompt: " + faults.joined(separator: ", ")) }
    }

    private static func isBlank(_ text: String) -> Bool { ASCII.trimmed(text).isEmpty }

    // MARK: Answer

    func answer(_ directives: Directives, rate: Double) throws(AWSError) -> SandboxAnswer {
        let (json, model) = (invocation.json, invocation.model)
        let hasTools = model.tools != .none && ToolXML.declaresTools(dialog.preamble)
        let question = Question(
            json: json,
            text: userText,
            toolResults: results,
            tools: hasTools ? [] : nil,
            // So the prompt says.
            callsOnce: true,
            messageCount: dialog.turns.count,
            stopSequences: (json["stop_sequences"]?.arrayValue ?? []).compactMap(\.stringValue),
            maximumTokens: json["max_tokens_to_sample"]?.intValue
        )
        let plan = try AnswerPlan(completing: question, directives, model: model, opening: " ")
        // An answer that is complete ends where the model would speak for the user.
        let (reason, stop): (String, String?) =
            switch plan.stopReason {
            case "end_turn": ("stop_sequence", Self.userCue)
            default: (plan.stopReason, plan.stopSequence)
            }
        @Sendable func event(_ text: String, _ reason: String?, _ stop: String?) -> JSONObject {
            [
                "type": "completion", "completion": .string(text), "stop_reason": reason.map(JSON.string) ?? .null,
                "stop": stop.map(JSON.string) ?? .null,
            ]
        }
        let form = InvokeModelAnswer(directives, rate: rate, usage: (TokenCount.text(prompt), plan.text.tokens))
        guard invocation.isStreaming else { return form.whole(.object(event(plan.text.text, reason, stop))) }
        let pieces = DeltaRun(chunks: plan.text) { event($0, nil, nil) }
        return form.stream([.deltas(pieces)], last: event("", reason, stop))
    }
}
