import JSON

@testable import BedrockSandbox

extension RefusalTests {
    static let transactions: [Refusal] = [
        Refusal(
            "history with tools, no toolConfig",
            ["messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a"))]],
            "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        ),
        Refusal(
            "unanswered",
            [
                "messages": [hello, .assistant(.toolUse("a"), .toolUse("b")), .user(.toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "Expected toolResult blocks at messages.2.content for the following Ids: b"
        ),
        Refusal(
            "answered by text only",
            ["messages": [hello, .assistant(.toolUse("a"), .toolUse("b")), hello], "toolConfig": .tools("look")],
            "Expected toolResult blocks at messages.2.content for the following Ids: a, b"
        ),
        Refusal(
            "unanswered at the end",
            ["messages": [hello, .assistant(.toolUse("a"))], "toolConfig": .tools("look")],
            "Expected toolResult blocks at messages.2.content for the following Ids: a"
        ),
        Refusal(
            "too many results",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a"), .toolResult("b"))],
                "toolConfig": .tools("look"),
            ],
            "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous "
                + "turn."
        ),
        Refusal(
            "orphan result",
            ["messages": [.user(.toolResult("a"))], "toolConfig": .tools("look")],
            "The number of toolResult blocks at messages.0.content exceeds …"
        ),
        Refusal(
            "text before the result on Claude",
            model: Model.claude,
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.text("so"), .toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "The model returned the following errors: messages.1: `tool_use` ids were found without `tool_result` …"
        ),
        Refusal(
            "text beside the result on Llama",
            model: Model.llama,
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a"), .text("so"))],
                "toolConfig": .tools("look"),
            ],
            "messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn."
        ),
        Refusal(
            "input that is no object",
            [
                "messages": [hello, .assistant(.toolUse("a", input: "{}")), .user(.toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the "
                + "field and try again."
        ),
        Refusal(
            "result that is no object",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [["json": [1]]]))],
                "toolConfig": .tools("look"),
            ],
            "The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. …"
        ),
        Refusal(
            "result with an image on a text model",
            model: Model.novaMicro,
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [.image()]))],
                "toolConfig": .tools("look"),
            ],
            "This model doesn't support the image field for user messages. Remove image and try again."
        ),
        Refusal(
            "failure without content",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [], status: "error"))],
                "toolConfig": .tools("look"),
            ],
            "The content field at messages.2.content.0.toolResult cannot be empty when status value is error."
        ),
        Refusal(
            "the same id twice",
            [
                "messages": [hello, .assistant(.toolUse("a"), .toolUse("a")), .user(.toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "The model returned the following errors: messages.1.content: `tool_use` ids must be unique"
        ),
        Refusal(
            "id with a blank",
            [
                "messages": [hello, .assistant(.toolUse("a b")), .user(.toolResult("a b"))],
                "toolConfig": .tools("look"),
            ],
            "2 validation errors detected: Value at 'messages.2.member.content.1.member.toolUse.toolUseId' failed to "
                + "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+; Value at …"
        ),
    ]
}
