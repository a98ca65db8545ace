import Bedrock
import Catalog
import DIAL
import JSON

/// Command and Command Light.
///
/// Source: AWS Bedrock user guide, "Cohere Command models".
struct CommandFamily: TextCompletionFamily {
    func format(_ profile: ModelProfile) -> ChatFormat { .command }

    /// `p` and `stop_sequences` are not sent; the answer is cut here.
    func body(_ prompt: String, stops: [String], maxTokens: Int, _ request: ChatCompletionRequest) -> JSONObject {
        var body: JSONObject = ["prompt": .string(prompt)]
        if let temperature = request.temperature { body.append("temperature", .number(temperature)) }
        body.append("max_tokens", JSON(maxTokens))
        return body
    }

    func makeTranslator(_ answer: TextAnswer) -> any AnswerTranslator {
        CommandTranslator(answer)
    }
}

/// From Command's answer to the output of a choice. A streamed answer comes in one chunk, since `stream` is not in the body.
struct CommandTranslator: AnswerTranslator {
    private var reader = InvokeModelReader()
    private var filter: TextOutputFilter
    private var usage = Usage(promptTokens: 0, completionTokens: 0)
    private var finishReason: String?
    private var hasText = false

    init(_ answer: TextAnswer) {
        filter = TextOutputFilter(cue: answer.assistantCue, stops: answer.stops)
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        guard let answer = try reader.read(event) else { return }
        if case .whole(_, let headers) = event {
            usage = InvocationMetrics.usage(headers)
        } else if let counted = InvocationMetrics.usage(answer) {
            usage = usage + counted
        }
        let generations = answer["generations"]
        try checkGuardrail(answer, choice, text: generations?[0]?["text"]?.string ?? "")
        if finishReason == nil {
            finishReason = generations?.elements.lazy.compactMap { $0["finish_reason"]?.string }.first
        }
        if finishReason?.word == "ERROR" { throw .internalServerError("The model returned an error.") }
        if let text = generations?[0]?["text"]?.string {
            hasText = true
            choice.pass(filter.push(text))
        } else if case .whole = event {
            throw .internalServerError("The model's answer has no 'text' in its first generation")
        }
    }

    var isComplete: Bool { reader.isComplete || finishReason != nil }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        // A chunk is a whole answer here: neither its reason nor metrics need follow.
        guard isComplete || hasText else { throw .cutOff }
        choice.pass(filter.finish())
        if !filter.hasOutput { choice.content(" ") }
        choice.report(usage)
        choice.finish(filter.isCut ? .stop : Self.reason(finishReason))
    }

    mutating func abort(_ choice: ChoiceOutput) {
        if choice.isOpen { choice.report(usage) }
    }

    private static func reason(_ reason: String?) -> FinishReason {
        switch reason?.word {
        case "MAX_TOKENS": .length
        case "ERROR_TOXIC": .contentFilter
        default: .stop
        }
    }
}
