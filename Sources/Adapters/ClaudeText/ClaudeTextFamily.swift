import Bedrock
import Catalog
import DIAL
import JSON
import Tokenization

/// Claude 2.1, 2 and Instant.
///
/// Source: AWS Bedrock user guide, "Anthropic Claude Text Completions API".
struct ClaudeTextFamily: TextCompletionFamily {
    /// The model that takes tools is also the one that knows a system prompt.
    func format(_ profile: ModelProfile) -> ChatFormat {
        profile.tools == .prompted ? .claudeWithSystemPrompt : .claude
    }

    func body(_ prompt: String, stops: [String], maxTokens: Int, _ request: ChatCompletionRequest) -> JSONObject {
        var body: JSONObject = [
            "prompt": .string(prompt),
            "max_tokens_to_sample": JSON(maxTokens),
            "stop_sequences": .array(stops.map { .string($0) }),
        ]
        if let temperature = request.temperature { body.append("temperature", .number(temperature)) }
        if let topP = request.topP { body.append("top_p", .number(topP)) }
        return body
    }

    func makeTranslator(_ answer: TextAnswer) -> any AnswerTranslator {
        ClaudeTextTranslator(answer)
    }
}

/// From Claude's completion to the output of a choice.
///
/// With tools the completion is gathered whole: only its end tells whether it is text or a call. Tokens are counted here,
/// since the service does not say what it counts.
struct ClaudeTextTranslator: AnswerTranslator {
    private let answer: TextAnswer
    private var reader = InvokeModelReader()
    /// Without the white space it begins with.
    private var completion = ""
    private var stopReason: String?

    init(_ answer: TextAnswer) {
        self.answer = answer
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        guard let chunk = try reader.read(event) else { return }
        try checkGuardrail(chunk, choice, text: chunk["completion"]?.string ?? "")
        stopReason = chunk["stop_reason"]?.string ?? stopReason
        guard var piece = chunk["completion"]?.string else {
            guard case .whole = event else { return }
            throw .internalServerError("The model's answer has no 'completion'")
        }
        if completion.isEmpty { piece = piece.trimmingLeadingPythonWhitespace }
        completion += piece
        if answer.tools == nil { choice.pass(piece) }
    }

    var isComplete: Bool { reader.isComplete || stopReason != nil }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard isComplete else { throw .cutOff }
        if let tools = answer.tools {
            if let call = try ClaudeTextCall(in: completion) {
                return finish(call, tools, choice)
            }
            choice.pass(completion)
        }
        choice.report(usage)
        choice.finish(stopReason?.word == "max_tokens" ? .length : .stop)
    }

    mutating func abort(_ choice: ChoiceOutput) {
        if choice.isOpen { choice.report(usage) }
    }

    private func finish(_ call: ClaudeTextCall, _ tools: ClaudeTextTools, _ choice: ChoiceOutput) {
        let arguments = JSON.object(call.arguments).pythonSerialized()
        choice.report(usage)
        var calls = CallOutput(tools.callMode)
        calls.open(id: tools.freshID(for: call.name), name: call.name, arguments: arguments, choice)
        choice.finish(tools.callMode.finishReason)
    }

    private var usage: Usage {
        Usage(promptTokens: answer.promptTokens, completionTokens: ClaudeTokenizer.shared.count(completion))
    }
}
