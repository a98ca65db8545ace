import Bedrock
import DIAL
import JSON

/// From the answer of Converse to the output of a choice, which may be a stream: the answer is replayed then.
///
/// Source: AWS API reference "Converse: response elements".
struct ConverseBlockTranslator: AnswerTranslator {
    private var answer: ConverseAnswer
    private(set) var isComplete = false

    init(_ answer: ConverseAnswer) {
        self.answer = answer
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        guard case .whole(let body, _) = event else { return }
        let document = try JSONDocument(answer: body)
        try translate(document.root, choice)
        isComplete = true
    }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard isComplete else { throw .internalServerError("The response has no body") }
        answer.finish(choice)
    }

    mutating func abort(_ choice: ChoiceOutput) { answer.abort(choice) }

    var usageSoFar: Usage? { answer.usage }

    private mutating func translate(_ response: JSONView, _ choice: ChoiceOutput) throws(DIALError) {
        guard let message = response["output"]?["message"], message.kind == .object else {
            throw .internalServerError("The response has no message")
        }
        answer.usage = ConverseUsage.usage(response["usage"])
        // Before any output, so that a failure keeps its status in a replayed stream too.
        try answer.stop(response["stopReason"]?.string)
        let blocks = message["content"]
        if answer.stopReason == .guardrailIntervened {
            let texts = blocks?.elements.compactMap { $0["text"]?.string } ?? []
            throw .guardrailIntervened(texts.joined())
        }
        guard let blocks else { return }
        for block in blocks.elements {
            if let text = block["text"]?.string {
                if !text.isEmpty { answer.text(text, choice) }
            } else if let call = block["toolUse"], call.kind == .object {
                if call.isOfService { continue }
                try translate(call: call, choice)
            } else if let text = block["reasoningContent"]?["reasoningText"]?["text"]?.string, !text.isEmpty {
                answer.reasoning(text, choice)
            } else if let cited = block["citationsContent"]?["content"] {
                let text = cited.elements.compactMap { $0["text"]?.string }.joined()
                if !text.isEmpty { answer.text(text, choice) }
            }
        }
    }

    private mutating func translate(call: JSONView, _ choice: ChoiceOutput) throws(DIALError) {
        let name = call["name"]?.string ?? ""
        if answer.structured?.isAnswer(name) == true {
            guard answer.structured?.begin() == true else { return }
            if let input = call["input"], input.kind == .object {
                answer.structured?.add(input.tree.serializedString(), choice)
            }
            answer.structured?.complete(choice)
            return
        }
        try answer.call(
            id: call["toolUseId"]?.string ?? "",
            name: name,
            arguments: Self.arguments(call["input"]),
            choice
        )
    }

    /// JSON text in the spelling clients have always got; anything but an object becomes an empty one.
    private static func arguments(_ input: JSONView?) -> String {
        guard let input, input.kind == .object else { return "{}" }
        return input.tree.pythonSerialized()
    }
}
