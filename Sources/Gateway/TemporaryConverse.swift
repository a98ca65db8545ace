import Adapters
import AWS
import Bedrock
import Catalog
import DIAL
import JSON

struct ConverseAdapter: ChatAdapter {
    func prepare(_ request: ChatCompletionRequest, _ context: AdapterContext) async throws(DIALError) -> PreparedChat {
        var messages: [JSON] = []
        for message in request.messages {
            guard case .text(let text) = message.content else { continue }
            messages.append(["role": .string(message.role == .assistant ? "assistant" : "user"), "content": [["text": .string(text)]]])
        }
        let body: JSON = ["messages": .array(messages)]
        return PreparedChat(
            call: UpstreamCall(operation: request.stream ? .converseStream : .converse, modelID: context.deployment.upstreamID, body: body.serialized()),
            model: context.deployment.upstreamID, makeTranslator: { Translator() })
    }
    func countTokens(in request: ChatCompletionRequest, _ context: AdapterContext) async throws(DIALError) -> Int { 0 }
    func countTokens(in text: String, _ context: AdapterContext) throws(DIALError) -> Int { 0 }
    func discardedMessages(in request: ChatCompletionRequest, _ context: AdapterContext) async throws(DIALError) -> [Int] { [] }
    func configurationSchema(_ deployment: Deployment) -> JSON? { nil }
    struct Translator: AnswerTranslator {
        mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
            switch event {
            case .message(let message):
                guard message.kind == .event else { throw DIALError(UpstreamError(message, operation: .converseStream) ?? UpstreamError(kind: .stream, status: 500, message: "", operation: "")) }
                guard message.eventName == "contentBlockDelta" else { return }
                if let text = (try? JSON(parsing: Array(message.payload)))?["delta"]?["text"]?.stringValue { choice.content(text) }
            case .whole(let body, _):
                let json = try? JSON(parsing: body)
                choice.content(json?["output"]?["message"]?["content"]?[0]?["text"]?.stringValue ?? "")
            default: break
            }
        }
        mutating func end(_ choice: ChoiceOutput) throws(DIALError) { choice.finish(.stop) }
    }
}
