import JSON
import Testing

@testable import BedrockSandbox

/// A request that Bedrock refuses, with its words.
struct Refusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var model = Model.nova
    var stream = false
    var body: JSON
    var status = 400
    var type = "ValidationException"
    /// The whole message, or its beginning when it ends in an ellipsis.
    var message: String

    init(
        _ name: String,
        model: String = Model.nova,
        stream: Bool = false,
        _ body: JSON,
        status: Int = 400,
        type: String = "ValidationException",
        _ message: String
    ) {
        testDescription = name
        self.model = model
        self.stream = stream
        self.body = body
        self.status = status
        self.type = type
        self.message = message
    }
}

struct RefusalTests {
    static let hello: JSON = .user("hello")
    static let blank = " is blank. Add text to the text field, and try again."

    @Test(arguments: turns + tools + transactions + media + cachePoints + parameters + form)
    func isRefusedInBedrocksWords(_ refusal: Refusal) throws {
        let answer = Sandbox.quick().converse(refusal.body, model: refusal.model, stream: refusal.stream)
        #expect(answer.status == refusal.status)
        #expect(answer.errorType == refusal.type)
        let message = answer.message ?? ""
        if refusal.message.hasSuffix("…") {
            #expect(message.hasPrefix(refusal.message.dropLast()), "got: \(message)")
        } else {
            #expect(message == refusal.message)
        }
    }

    static let turns: [Refusal] = [
        Refusal("no messages", [:], "A conversation must start with a user message. …"),
        Refusal("assistant first", ["messages": [.assistant("hi"), hello]], "A conversation must start with a user …"),
        Refusal("two user turns", ["messages": [hello, hello]], "A conversation must alternate between user and …"),
        Refusal(
            "empty content",
            ["messages": [["role": "user", "content": []]]],
            "The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content "
                + "field and try again."
        ),
        Refusal(
            "empty text",
            ["messages": [.user("")]],
            "The text field in the ContentBlock object at messages.0.content.0" + blank
        ),
        Refusal(
            "white space only",
            ["messages": [hello, .assistant("yes"), .user(.text("a"), .text(" \n\t\u{3000}"))]],
            "The text field in the ContentBlock object at messages.2.content.1" + blank
        ),
        Refusal(
            "blank system",
            ["messages": [hello], "system": [["text": "be"], ["text": " "]]],
            "The text field in the SystemContentBlock object at system.1" + blank
        ),
        Refusal(
            "blank tool result",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [["text": ""]]))],
                "toolConfig": .tools("look"),
            ],
            "The text field in the ToolResultContentBlock object at messages.2.content.0.toolResult.content.0" + blank
        ),
        Refusal(
            "trailing white space of a prefill",
            model: Model.claude,
            ["messages": [hello, .assistant("So ")]],
            "The model returned the following errors: messages: final assistant content cannot end with trailing "
                + "whitespace"
        ),
        Refusal(
            "prefill on Llama",
            model: Model.llama,
            ["messages": [hello, .assistant("So")]],
            "A conversation must end with a user message. …"
        ),
        Refusal(
            "image from the assistant",
            ["messages": [hello, .assistant(.image()), hello]],
            "This model doesn't support the image field for assistant messages. Remove image and try again."
        ),
        Refusal(
            "tool use from the user",
            ["messages": [.user(.toolUse("a"))], "toolConfig": .tools("look")],
            "This model doesn't support the toolUse field for user messages. …"
        ),
        Refusal(
            "unknown model",
            model: "amazon.nova-huge-v1:0",
            ["messages": [hello]],
            "The provided model identifier is invalid."
        ),
        Refusal(
            "unknown geography",
            model: "mars.amazon.nova-lite-v1:0",
            ["messages": [hello]],
            "The provided model identifier is invalid."
        ),
    ]
}
