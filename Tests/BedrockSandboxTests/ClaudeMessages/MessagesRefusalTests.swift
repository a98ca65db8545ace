import JSON
import Testing

@testable import BedrockSandbox

/// A request that Anthropic refuses over both transports, with its words.
private struct MessagesRefusal: Sendable, CustomTestStringConvertible {
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
}

private let opus47 = "anthropic.claude-opus-4-7"
private let sonnet45 = "anthropic.claude-sonnet-4-5-20250929-v1:0"
private let hello: JSON = .said("user", "hello")

private func marked(_ marks: JSON...) -> JSON {
    ["role": "user", "content": .array(marks.map { .textBlock("a", mark: $0) })]
}

struct MessagesRefusalTests {
    @Test(arguments: MessagesCall.both)
    func areRefusedInAnthropicsWords(call: MessagesCall) {
        for refusal in form + turns + tools + thinking + media + limits {
            var call = call
            call.model = refusal.model
            if let betas = refusal.betas { call.headers = [SandboxHeader("anthropic-beta", betas)] }
            for stream in [false, true] {
                let answer = call.send(refusal.body, stream: stream)
                let message = answer.refusal ?? ""
                #expect(answer.status == 400, "\(refusal.testDescription)")
                if refusal.message.hasSuffix("…") {
                    #expect(message.hasPrefix(refusal.message.dropLast()), "\(refusal.testDescription)")
                } else {
                    #expect(message == refusal.message, "\(refusal.testDescription)")
                }
            }
        }
    }

    private let form: [MessagesRefusal] = [
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

    private let turns: [MessagesRefusal] = [
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
            "two user turns",
            ["messages": [hello, hello]],
            "messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"user\" roles in a "
                + "row"
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

    private let tools: [MessagesRefusal] = [
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

    private let thinking: [MessagesRefusal] = [
        MessagesRefusal(
            "budget as large as max_tokens",
            ["messages": [hello], "max_tokens": 1024, "thinking": .budget],
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at …"
        ),
        MessagesRefusal(
            "temperature",
            ["messages": [hello], "temperature": 0.5, "thinking": .budget],
            "`temperature` may only be set to 1 when thinking is enabled. …"
        ),
        MessagesRefusal(
            "top_p",
            ["messages": [hello], "top_p": 0.9, "thinking": .budget],
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled. …"
        ),
        MessagesRefusal(
            "top_k",
            ["messages": [hello], "top_k": 3, "thinking": .budget],
            "`top_k` must be unset when thinking is enabled. …"
        ),
        MessagesRefusal(
            "forced choice",
            ["messages": [hello], "tools": .customTools("a"), "tool_choice": ["type": "any"], "thinking": .budget],
            "Thinking may not be enabled when tool_choice forces tool use."
        ),
        MessagesRefusal(
            "model without thinking",
            model: Model.claudeWithoutCache,
            ["messages": [hello], "thinking": .budget],
            "thinking: This model does not support thinking."
        ),
        MessagesRefusal(
            "adaptive on an early model",
            ["messages": [hello], "thinking": ["type": "adaptive"]],
            "adaptive thinking is not supported on this model"
        ),
        MessagesRefusal(
            "budget on a late model",
            model: opus47,
            ["messages": [hello], "thinking": .budget],
            "\"thinking.type.enabled\" is not supported for this model. …"
        ),
        MessagesRefusal(
            "signature of other words",
            [
                "thinking": .budget,
                "messages": [
                    hello,
                    .said(
                        "assistant",
                        .thought("a", signature: ReasoningSeal.signature(of: "b")),
                        .textBlock("c")
                    ), hello,
                ],
            ],
            "messages.1.content.0: Invalid `signature` in `thinking` block"
        ),
        MessagesRefusal(
            "redacted data",
            [
                "messages": [
                    hello, .said("assistant", ["type": "redacted_thinking", "data": "AAAA"], .textBlock("c")), hello,
                ]
            ],
            "messages.1.content.0: Invalid `data` in `redacted_thinking` block"
        ),
        MessagesRefusal(
            "text before thinking",
            ["messages": [hello, .said("assistant", .textBlock("a"), .thought("b"), .textBlock("c")), hello]],
            "messages.1.content.0: If an assistant message contains any thinking blocks, the first block must be …"
        ),
        MessagesRefusal(
            "thinking at the end",
            ["messages": [hello, .said("assistant", .thought("b")), hello]],
            "messages.1: The final block in an assistant message cannot be `thinking`."
        ),
        MessagesRefusal(
            "call without its thinking",
            [
                "thinking": .budget,
                "messages": [hello, .said("assistant", .call("a")), .said("user", .result("a"))],
            ],
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When …"
        ),
        MessagesRefusal(
            "prefill with thinking",
            ["thinking": .budget, "messages": [hello, .said("assistant", "So")]],
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. When …"
        ),
        MessagesRefusal(
            "prefill of thinking that is off",
            ["messages": [hello, .said("assistant", .thought("a"), .textBlock("b"))]],
            "messages.1.content.0: When thinking is disabled, an `assistant` message in the final position cannot …"
        ),
    ]

    private let media: [MessagesRefusal] = [
        MessagesRefusal(
            "other format than said",
            ["messages": [.said("user", .picture([0xFF, 0xD8, 0xFF]))]],
            "messages.0.content.0.image.source.base64.data: The image was specified using the image/png media type, but "
                + "the image appears to be a image/jpeg image"
        ),
        MessagesRefusal(
            "no image",
            ["messages": [.said("user", .picture([1, 2, 3]))]],
            "messages.0.content.0.image.source.base64.data: Could not process image"
        ),
        MessagesRefusal(
            "no base64",
            [
                "messages": [
                    .said(
                        "user",
                        ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "%"]]
                    )
                ]
            ],
            "messages.0.content.0.image.source.base64: invalid base64 data"
        ),
        MessagesRefusal(
            "too large an image",
            ["messages": [.said("user", .picture(Array(repeating: 0x89, count: 3_932_163)))]],
            "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 5242884 bytes > 5242880 bytes"
        ),
        MessagesRefusal(
            "too wide an image",
            [
                "messages": [
                    .said(
                        "user",
                        .picture(
                            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
                                + [0, 0, 0x1F, 0x41, 0, 0, 0, 1]
                        )
                    )
                ]
            ],
            "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed …"
        ),
        MessagesRefusal(
            "PDF on an early model",
            model: Model.claudeWithoutCache,
            [
                "messages": [
                    .said(
                        "user",
                        [
                            "type": "document",
                            "source": ["type": "base64", "media_type": "application/pdf", "data": "JVBERg=="],
                        ]
                    )
                ]
            ],
            "'claude-3-haiku-20240307' does not support PDF input."
        ),
        MessagesRefusal(
            "image by URL",
            [
                "messages": [
                    .said("user", ["type": "image", "source": ["type": "url", "url": "https://example.com/a.png"]])
                ]
            ],
            "messages.0.content.0.image.source.url: Unable to download the file. …"
        ),
    ]

    private let limits: [MessagesRefusal] = [
        MessagesRefusal(
            "five marks",
            ["messages": [marked(.shortMark, .shortMark, .shortMark, .shortMark)], "cache_control": .shortMark],
            "A maximum of 4 blocks with cache_control may be provided. Found 5."
        ),
        MessagesRefusal(
            "long after short",
            ["messages": [marked(.shortMark, .longMark)]],
            "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. …"
        ),
        MessagesRefusal(
            "max_tokens of the model",
            model: Model.claudeWithoutCache,
            ["messages": [hello], "max_tokens": 4097],
            "max_tokens: 4097 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307"
        ),
        MessagesRefusal(
            "max_tokens without beta",
            ["messages": [hello], "max_tokens": 64001],
            "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for …"
        ),
        MessagesRefusal(
            "blank stop sequence",
            ["messages": [hello], "stop_sequences": ["a", " \n"]],
            "stop_sequences: each stop sequence must contain non-whitespace"
        ),
        MessagesRefusal(
            "both of temperature and top_p",
            model: sonnet45,
            ["messages": [hello], "temperature": 0.5, "top_p": 0.5],
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        ),
        MessagesRefusal(
            "temperature of a late model",
            model: opus47,
            ["messages": [hello], "temperature": 0.5],
            "`temperature` is deprecated for this model."
        ),
        MessagesRefusal(
            "effort of an early model",
            ["messages": [hello], "output_config": ["effort": "low"]],
            "This model does not support the effort parameter."
        ),
        MessagesRefusal(
            "too long a prompt",
            ["messages": [.said("user", String(repeating: "word ", count: 200_000))]],
            "prompt is too long: 250000 tokens > 200000 maximum"
        ),
    ]

    @Test func whatOnlyBedrockRefuses() {
        var call = MessagesCall.bedrock
        let body: JSON = ["messages": [hello]]
        #expect(call.send(["messages": [hello], "model": "a"]).refusal == "model: Extra inputs are not permitted")
        #expect(call.send(["messages": [hello], "stream": true]).refusal == "stream: Extra inputs are not permitted")
        let version = call.send(["messages": [hello], "anthropic_version": "2023-06-01"])
        #expect(version.refusal == "Invalid API version: 2023-06-01")
        let flagged = call.send(["messages": [hello], "anthropic_beta": ["files-api-2025-04-14"]])
        #expect(flagged.refusal == "invalid beta flag")
        call.headers = [SandboxHeader("anthropic-beta", "interleaved-thinking-2025-05-14")]
        #expect(call.send(body).refusal == "invalid beta flag")
        call.model = sonnet45
        #expect(call.send(body).status == 200)
        call.headers = []
        call.model = "anthropic.claude-3-5-haiku-20241022-v1:0"
        let image = call.send(["messages": [.said("user", .picture())]])
        #expect(image.refusal == "'claude-3-5-haiku-20241022' does not support image input.")
        #expect(image.errorType == "ValidationException")
    }

    @Test func whatOnlyAnthropicRefuses() {
        var call = MessagesCall.anthropic
        call.headers = [SandboxHeader("anthropic-beta", "files-api-2025-04-14,nothing-2020-01-01")]
        let answer = call.send(["messages": [hello]])
        #expect(
            answer.refusal?.hasPrefix("Unexpected value(s) `nothing-2020-01-01` for the `anthropic-beta` header.")
                == true
        )
        call.headers = []
        let version = call.send(["messages": [hello], "anthropic_version": "bedrock-2023-05-31"])
        #expect(version.refusal == "anthropic_version: Extra inputs are not permitted")
    }

    @Test(arguments: MessagesCall.both)
    func moreTokensWithBeta(call: MessagesCall) {
        var call = call
        call.headers = [SandboxHeader("anthropic-beta", "output-128k-2025-02-19")]
        #expect(call.send(["messages": [hello], "max_tokens": 128_000]).status == 200)
    }
}
