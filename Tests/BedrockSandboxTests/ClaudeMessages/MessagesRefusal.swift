import JSON
import Testing

@testable import BedrockSandbox

/// A request that Anthropic refuses over both transports, with its words.
struct MessagesRefusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var model = Model.claude
    var body: JSON
    var betas: String?
    /// The whole message, or its beginning when it ends in an ellipsis.
    var message: String

    init(
        _ name: String,
        model: String = Model.claude,
        betas: String? = nil,
        _ body: JSON,
        _ message: String
    ) {
        testDescription = name
        self.model = model
        self.betas = betas
        self.body = body
        self.message = message
    }

    // MARK: What the cases have in common

    static let opus47 = "anthropic.claude-opus-4-7"
    static let sonnet45 = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    static let hello: JSON = .said("user", "hello")

    static func marked(_ marks: JSON...) -> JSON {
        ["role": "user", "content": .array(marks.map { .textBlock("a", mark: $0) })]
    }

    static let all = form + turns + tools + thinking + media + limits
}

// MARK: - Form, turns and tools

extension MessagesRefusal {
    static let form: [MessagesRefusal] = [
        MessagesRefusal("no messages", [:], "messages: Field required"),
        MessagesRefusal("no list", ["messages": "hi"], "messages: Input should be a valid list"),
        MessagesRefusal("empty list", ["messages": []], "messages: at least one message is required"),
        MessagesRefusal("unknown member", ["messages": [hello], "n": 2], "n: Extra inputs are not permitted"),
        MessagesRefusal(
            "member of another API",
            ["messages": [["role": "user", "content": "a", "name": "b"]]],
            "messages.0.name: Extra inputs are not permitted"
        ),
        MessagesRefusal("no role", ["messages": [["content": "a"]]], "messages.0.role: Field required"),
        MessagesRefusal(
            "null content",
            ["messages": [["role": "user", "content": .null]]],
            "messages.0.content: Input should be a valid string"
        ),
        MessagesRefusal(
            "block without type",
            ["messages": [.said("user", ["text": "a"])]],
            "messages.0.content.0.type: Field required"
        ),
        MessagesRefusal(
            "unknown block",
            ["messages": [.said("user", ["type": "image_url"])]],
            "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags: …"
        ),
        MessagesRefusal(
            "member of a block",
            ["messages": [.said("user", ["type": "text", "text": "a", "index": 0])]],
            "messages.0.content.0.text.index: Extra inputs are not permitted"
        ),
        MessagesRefusal(
            "thinking without signature",
            ["messages": [hello, .said("assistant", ["type": "thinking", "thinking": "a"], .textBlock("b")), hello]],
            "messages.1.content.0.thinking.signature: Field required"
        ),
        MessagesRefusal(
            "marked thinking",
            [
                "messages": [
                    hello,
                    .said(
                        "assistant",
                        ["type": "thinking", "thinking": "a", "signature": "b", "cache_control": .shortMark]
                    ),
                ]
            ],
            "messages.1.content.0.thinking.cache_control: Extra inputs are not permitted"
        ),
        MessagesRefusal(
            "system of other blocks",
            ["messages": [hello], "system": [.picture()]],
            "system.0: Input tag 'image' found using 'type' does not match any of the expected tags: 'text'"
        ),
        MessagesRefusal(
            "max_tokens 0",
            ["messages": [hello], "max_tokens": 0],
            "max_tokens: Input should be greater …"
        ),
        MessagesRefusal(
            "temperature of DIAL",
            ["messages": [hello], "temperature": 1.5],
            "temperature: Input should be less than or equal to 1"
        ),
        MessagesRefusal(
            "stop string",
            ["messages": [hello], "stop_sequences": "a"],
            "stop_sequences: Input should be a valid list"
        ),
        MessagesRefusal(
            "small budget",
            ["messages": [hello], "thinking": ["type": "enabled", "budget_tokens": 1023]],
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
        ),
        MessagesRefusal(
            "time to live",
            ["messages": [marked(["type": "ephemeral", "ttl": "30m"])]],
            "messages.0.content.0.text.cache_control.ephemeral.ttl: Input should be '5m' or '1h'"
        ),
        MessagesRefusal(
            "tool name",
            ["messages": [hello], "tools": .customTools("a.b")],
            "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'"
        ),
        MessagesRefusal(
            "tool without schema",
            ["messages": [hello], "tools": [["name": "a"]]],
            "tools.0.custom.input_schema: Field required"
        ),
        MessagesRefusal(
            "input that is no object",
            ["messages": [hello, .said("assistant", .call("a", "look", "text"))]],
            "messages.1.content.0.tool_use.input: Input should be a valid dictionary"
        ),
        MessagesRefusal(
            "call id",
            ["messages": [hello, .said("assistant", .call("a b"))]],
            "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
        ),
        MessagesRefusal(
            "image type",
            ["messages": [.said("user", .picture(type: "image/bmp"))]],
            "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', "
                + "'image/gif' or 'image/webp'"
        ),
    ]

    static let turns: [MessagesRefusal] = [
        MessagesRefusal(
            "system turn",
            ["messages": [.said("system", "a"), hello]],
            "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, …"
        ),
        MessagesRefusal(
            "unknown role",
            ["messages": [hello, .said("tool", "a")]],
            "messages.1.role: Input should be 'user' or 'assistant'"
        ),
        MessagesRefusal(
            "assistant first",
            ["messages": [.said("assistant", "a"), hello]],
            "messages: first message must use the \"user\" role"
        ),
        MessagesRefusal(
            "empty content",
            ["messages": [hello, ["role": "assistant", "content": []], hello]],
            "messages.1: all messages must have non-empty content except for the optional final assistant message"
        ),
        MessagesRefusal(
            "empty text",
            ["messages": [.said("user", "")]],
            "messages: text content blocks must be non-empty"
        ),
        MessagesRefusal(
            "blank text",
            ["messages": [.said("user", .textBlock("a"), .textBlock(" \n"))]],
            "messages: text content blocks must contain non-whitespace text"
        ),
        MessagesRefusal(
            "blank system",
            ["messages": [hello], "system": [.textBlock(" ")]],
            "system: text content blocks must contain non-whitespace text"
        ),
        MessagesRefusal(
            "empty text of a result",
            [
                "tools": .customTools("look"),
                "messages": [hello, .said("assistant", .call("a")), .said("user", .result("a", [.textBlock("")]))],
            ],
            "messages: text content blocks must be non-empty"
        ),
        MessagesRefusal(
            "image of the assistant",
            ["messages": [hello, .said("assistant", .picture()), hello]],
            "messages.1.content.0: `image` blocks can only be in `user` messages"
        ),
        MessagesRefusal(
            "white space at the end",
            ["messages": [hello, .said("assistant", "So ")]],
            "messages: final assistant content cannot end with trailing whitespace"
        ),
        MessagesRefusal(
            "no prefill",
            model: opus47,
            ["messages": [hello, .said("assistant", "So")]],
            "This model does not support assistant message prefill. The conversation must end with a user message."
        ),
    ]

    static let tools: [MessagesRefusal] = [
        MessagesRefusal(
            "same name",
            ["messages": [hello], "tools": .customTools("a", "a")],
            "tools: Tool names must …"
        ),
        MessagesRefusal(
            "schema without type",
            ["messages": [hello], "tools": [["name": "a", "input_schema": [:]]]],
            "tools.0.custom.input_schema.type: Field required"
        ),
        MessagesRefusal(
            "choice without tools",
            ["messages": [hello], "tool_choice": ["type": "auto"]],
            "tool_choice: tool_choice may only be specified while providing tools."
        ),
        MessagesRefusal(
            "unknown tool",
            ["messages": [hello], "tools": .customTools("a"), "tool_choice": ["type": "tool", "name": "b"]],
            "tool_choice: Tool 'b' not found in provided tools"
        ),
        MessagesRefusal(
            "unanswered",
            ["messages": [hello, .said("assistant", .call("a"), .call("b")), .said("user", .result("a"))]],
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b. Each `tool_use` …"
        ),
        MessagesRefusal(
            "unanswered at the end",
            ["messages": [hello, .said("assistant", .call("a"))]],
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a. …"
        ),
        MessagesRefusal(
            "result behind text",
            [
                "messages": [
                    hello, .said("assistant", .call("a")), .said("user", .textBlock("so"), .result("a")),
                ]
            ],
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a. …"
        ),
        MessagesRefusal(
            "result without call",
            ["messages": [.said("user", .result("z"))]],
            "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: z. Each `tool_result` block …"
        ),
        MessagesRefusal(
            "two results",
            ["messages": [hello, .said("assistant", .call("a")), .said("user", .result("a"), .result("a"))]],
            "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with …"
        ),
        MessagesRefusal(
            "same id",
            ["messages": [hello, .said("assistant", .call("a"), .call("a")), .said("user", .result("a"))]],
            "messages.1.content.1: `tool_use` ids must be unique"
        ),
        MessagesRefusal(
            "same id in a later turn",
            [
                "messages": [
                    hello, .said("assistant", .call("a")), .said("user", .result("a")),
                    .said("assistant", .call("a")), .said("user", .result("a")),
                ]
            ],
            "messages.3.content.0: `tool_use` ids must be unique"
        ),
    ]
}
