import Bedrock
import Catalog
import DIAL
import JSON

/// Titan Text G1 Express.
///
/// Source: AWS Bedrock user guide, "Amazon Titan Text models".
struct TitanTextFamily: TextCompletionFamily {
    func format(_ profile: ModelProfile) -> ChatFormat { .titan }

    /// No `stopSequences`: the model takes only runs of `|` there. The answer is cut here instead.
    func body(_ prompt: String, stops: [String], maxTokens: Int, _ request: ChatCompletionRequest) -> JSONObject {
        var generation = JSONObject()
        if let temperature = request.temperature { generation.append("temperature", .number(temperature)) }
        if let topP = request.topP { generation.append("topP", .number(topP)) }
        generation.append("maxTokenCount", JSON(maxTokens))
        return ["inputText": .string(prompt), "textGenerationConfig": .object(generation)]
    }

    func makeTranslator(_ answer: TextAnswer) -> any AnswerTranslator {
        TitanTextTranslator(answer)
    }
}

/// From Titan's answer to the output of a choice. Why the model stopped is not handed on: the answer always ends with `stop`.
struct TitanTextTranslator: AnswerTranslator {
    private var reader = InvokeModelReader()
    private var filter: TextOutputFilter
    private var promptTokens = 0
    private var completionTokens = 0
    private var completionReason: String?

    init(_ answer: TextAnswer) {
        filter = TextOutputFilter(cue: answer.assistantCue, stops: answer.stops)
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        guard let answer = try reader.read(event) else { return }
        promptTokens = answer["inputTextTokenCount"]?.int ?? promptTokens
        var text = answer
        if case .whole = event {
            guard let results = answer["results"], results.count == 1, let result = results[0] else {
                throw .internalServerError("The model's answer was expected to have exactly one result")
            }
            text = result
            completionTokens = result["tokenCount"]?.int ?? completionTokens
        } else {
            completionTokens = answer["totalOutputTextTokenCount"]?.int ?? completionTokens
            completionReason = answer["completionReason"]?.string ?? completionReason
        }
        try checkGuardrail(answer, choice, text: text["outputText"]?.string ?? "")
        if let piece = text["outputText"]?.string {
            choice.pass(filter.push(piece))
        } else if case .whole = event {
            throw .internalServerError("The model's answer has no 'outputText'")
        }
    }

    var isComplete: Bool { reader.isComplete || completionReason != nil }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard isComplete else { throw .cutOff }
        choice.pass(filter.finish())
        if !filter.hasOutput { choice.content(" ") }
        choice.report(usage)
        choice.finish(.stop)
    }

    mutating func abort(_ choice: ChoiceOutput) {
        if choice.isOpen { choice.report(usage) }
    }

    private var usage: Usage {
        Usage(promptTokens: max(0, promptTokens), completionTokens: max(0, completionTokens))
    }
}
