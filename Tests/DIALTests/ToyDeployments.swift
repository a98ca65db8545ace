import DIAL
import JSON

/// What the deployments of the recordings did, done with this module.
struct ToyDeployment {
    let name: String
    let request: ChatCompletionRequest
    /// Of the request.
    let model: String?

    func run(_ response: ChatResponse) throws(DIALError) {
        let text = lastText
        switch name {
        case "echo":
            response.model = model
            let choice = response.makeChoice()
            let half = text.index(text.startIndex, offsetBy: text.count / 2)
            choice.content(String(text[..<half]))
            choice.content(String(text[half...]))
            choice.finish()
            choice.report(Usage(promptTokens: 3, completionTokens: 5))
        case "minimal":
            let choice = response.makeChoice()
            choice.content("ok")
            choice.finish()
        case "tools": tools(response.makeChoice())
        case "functions":
            let choice = response.makeChoice()
            choice.functionCall(name: "get_weather", arguments: #"{"city":"#)
            choice.functionCallArguments(#""Paris"}"#)
            choice.finish()
            choice.report(Usage(promptTokens: 10, completionTokens: 20))
        case "rich": rich(response)
        case "many": many(response)
        case "many-reversed": manyReversed(response)
        case "early-error": throw Self.error(text)
        case "open-only-error":
            response.makeChoice().open()
            throw Self.error(text)
        case "late-error":
            response.makeChoice().content("partial")
            throw Self.error(text)
        case "late-error-usage":
            let choice = response.makeChoice()
            choice.content("partial")
            choice.report(Usage(promptTokens: 3, completionTokens: 1))
            throw Self.error(text)
        case "usage-stage":
            let choice = response.makeChoice()
            let stage = choice.openStage("Usage")
            choice.appendStage(stage, content: "Attach one image")
            choice.closeStage(stage)
            throw Self.error("user")
        case "no-choice": break
        case "empty-choice": response.makeChoice().finish()
        case "state-quirk": stateQuirk(response.makeChoice())
        case "slow":
            let choice = response.makeChoice()
            choice.content("one")
            response.heartbeat()
            response.heartbeat()
            choice.content("two")
            choice.finish()
        default:
            throw .deploymentNotFound("No toy deployment '\(name)'")
        }
    }

    private var lastText: String {
        switch request.messages.last?.content {
        case .text(let text): text
        case .parts(let parts): parts.compactMap(\.text).joined()
        case nil: ""
        }
    }

    private func tools(_ choice: ChoiceOutput) {
        choice.content("Let me look.")
        let call = choice.toolCall(id: "call_a", name: "get_weather", arguments: "")
        choice.toolCallArguments(call, #"{"city":"#)
        choice.toolCallArguments(call, #""Paris"}"#)
        choice.toolCall(id: "call_b", name: "get_time", arguments: "{}")
        choice.finish()
        choice.report(Usage(promptTokens: 10, completionTokens: 20))
    }

    private func rich(_ response: ChatResponse) {
        response.model = "acme.rich-v1:0"
        response.discardedMessages = [0, 1]
        response.usagePerModel = [
            ModelUsage(model: "model-a", usage: Usage(promptTokens: 1, completionTokens: 2)),
            ModelUsage(model: "model-b", usage: Usage(promptTokens: 3, completionTokens: 4)),
        ]
        let choice = response.makeChoice()
        let thinking = choice.openStage("Thinking")
        choice.appendStage(thinking, content: "step 1 ")
        choice.appendStage(thinking, content: "step 2")
        choice.appendStage(thinking, attachment: Attachment(type: "text/plain", title: "note", data: "aGVsbG8="))
        let nested = choice.openStage("Nested", parent: thinking)
        choice.appendStage(nested, content: "inner")
        choice.closeStage(nested)
        choice.closeStage(thinking)
        let broken = choice.openStage("Broken")
        choice.appendStage(broken, name: " thing")
        choice.closeStage(broken, failed: true)
        choice.reasoning("because ")
        choice.reasoning("reasons")
        choice.content("Here is an image")
        choice.attachment(
            Attachment(type: "image/png", title: "Image", url: "files/BUCKET/appdata/rich/images/abc.png")
        )
        choice.attachment(
            Attachment(
                type: "text/markdown",
                title: "[1] Source",
                data: "quoted",
                referenceType: "text/html",
                referenceURL: "https://example.com"
            )
        )
        choice.formSchema(["type": "object"])
        choice.state(["k": [1, 2], "index": 0])
        choice.finish()
        choice.report(
            Usage(
                promptTokens: 100,
                completionTokens: 7,
                cachedTokens: 40,
                cacheWriteTokens: 12,
                reasoningTokens: 3
            )
        )
    }

    private func many(_ response: ChatResponse) {
        let choices = (0..<request.choiceCount).map { _ in response.makeChoice() }
        for choice in choices { choice.open() }
        for letter in ["a", "b"] {
            for (index, choice) in choices.enumerated() { choice.content("\(letter)\(index)") }
        }
        for (index, choice) in choices.enumerated() { choice.finish(index == 1 ? .length : nil) }
        // Reported in parts, as n calls of a model do.
        choices.first?.report(Usage(promptTokens: 3, completionTokens: 0))
        for choice in choices.dropFirst() { choice.report(Usage(promptTokens: 0, completionTokens: 5)) }
        choices.first?.report(Usage(promptTokens: 3, completionTokens: 5))
    }

    private func manyReversed(_ response: ChatResponse) {
        let choices = (0..<request.choiceCount).map { _ in response.makeChoice() }
        for choice in choices { choice.open() }
        for (index, choice) in choices.enumerated().reversed() {
            choice.content("x\(index)")
            choice.finish()
        }
        choices.first?.report(Usage(promptTokens: 3, completionTokens: 5 * request.choiceCount))
    }

    private func stateQuirk(_ choice: ChoiceOutput) {
        choice.content("")
        choice.attachment(Attachment(type: "text/plain", data: ""))
        choice.toolCall(id: "c", name: "f", arguments: nil)
        choice.state(["items": [["index": 1, "v": "b"]], "plain": [1, 2]])
        choice.finish()
    }

    /// The error kinds of the recordings.
    static func error(_ kind: String) -> DIALError {
        switch kind {
        case "content_filter": return .contentFilter("The prompt was blocked by a content filter")
        case "guardrail":
            var error = DIALError.contentFilter("Guardrail intervened")
            error.status = 422
            error.displayMessage = "Shown to the chat user"
            return error
        case "validation": return .validation("The tools aren't supported")
        case "user": return .userError("Unsupported media type: image/bmp")
        case "throttle":
            return DIALError(
                status: 429,
                message: "Too many requests",
                type: DIALError.invalidRequestType,
                headers: [.init(name: "Retry-After", value: "7")]
            )
        case "notfound": return .deploymentNotFound("The deployment is unknown")
        case "resource": return .notImplemented
        case "context":
            return DIALError(
                status: 400,
                message:
                    "This model's maximum context length is 100 tokens. However, your messages resulted in 250 tokens. "
                    + "Please reduce the length of the messages.",
                type: DIALError.invalidRequestType,
                param: "messages",
                code: "context_length_exceeded"
            )
        case "truncate_system":
            var error = DIALError.truncatePromptLastMessage(maximum: 100, actual: 250)
            error.message =
                "The requested maximum prompt tokens is 100. However, the system messages resulted in 250 tokens. "
                + "Please reduce the length of the system messages or increase the maximum prompt tokens."
            error.displayMessage = error.message
            return error
        case "truncate_user": return .truncatePromptLastMessage(maximum: 100, actual: 250)
        case "internal": return .internalServerError("The upstream failed")
        default: return .processingFailed
        }
    }
}
