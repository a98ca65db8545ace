/// The members of a Messages request.
///
/// Source: Anthropic API reference, "Messages: create" and "Messages: count tokens"; AWS user guide, "Anthropic Claude
/// Messages API".
enum MessagesFields {
    private typealias Field = FieldRule.Field

    /// A body on either transport. On Bedrock the model is in the path, and streaming is an operation of its own.
    static func create(onBedrock: Bool) -> FieldRule {
        let transport: [FieldRule.Field] =
            onBedrock
            ? [
                Field("anthropic_version", .text(), required: true),
                Field("anthropic_beta", .list(.text())),
            ]
            : [Field("model", .text(minimum: 1), required: true), Field("stream", .boolean)]
        let parameters: [FieldRule.Field] = [
            Field("max_tokens", .integer(minimum: 1), required: true),
            Field("metadata", .object([Field("user_id", .text(), null: true)])),
            Field("stop_sequences", .list(.text()), null: true),
            Field("temperature", .number(0...1)),
            Field("top_p", .number(0...1)),
            Field("top_k", .integer(minimum: 0)),
        ]
        let service: [FieldRule.Field] =
            onBedrock ? [] : [Field("service_tier", .choice(["auto", "standard_only"]))]
        return .object(transport + prompt + parameters + service)
    }

    /// A body of `count_tokens`.
    static let count = FieldRule.object([Field("model", .text(minimum: 1), required: true)] + prompt)

    private static let prompt: [Field] = [
        Field("messages", .list(message), required: true),
        Field("system", .textOr(.list(.tagged([("text", text)])))),
        Field("tools", .list(.tagged(tools, fallback: "custom")), null: true),
        Field("tool_choice", toolChoice, null: true),
        Field("thinking", thinking),
        Field(
            "output_config",
            .object([
                Field("effort", .choice(["low", "medium", "high", "xhigh", "max"]), null: true),
                Field(
                    "format",
                    .tagged([("json_schema", [Field("schema", .dictionary, required: true)])]),
                    null: true
                ),
            ])
        ),
        Field("cache_control", cacheControl, null: true),
    ]

    private static let message = FieldRule.object([
        Field("role", .anything, required: true),
        Field("content", .textOr(.list(.tagged(blocks))), required: true),
    ])

    // MARK: Content blocks

    private static let mark = Field("cache_control", cacheControl, null: true)

    private static let cacheControl = FieldRule.tagged([
        ("ephemeral", [Field("ttl", .choice(["5m", "1h"]), null: true)])
    ])

    private static let text = [
        Field("text", .text(), required: true), mark, Field("citations", .list(.dictionary), null: true),
    ]

    private static let image = [
        mark,
        Field(
            "source",
            .tagged([
                ("base64", data("image/jpeg", "image/png", "image/gif", "image/webp")),
                ("url", [Field("url", .text(), required: true)]),
                ("file", [Field("file_id", .text(), required: true)]),
            ]),
            required: true
        ),
    ]

    private static let document = [
        mark, Field("title", .text(), null: true), Field("context", .text(), null: true),
        Field("citations", .object([Field("enabled", .boolean)]), null: true),
        Field(
            "source",
            .tagged([
                ("base64", data("application/pdf")), ("text", data("text/plain")),
                ("url", [Field("url", .text(), required: true)]),
                ("file", [Field("file_id", .text(), required: true)]),
                (
                    "content",
                    [Field("content", .textOr(.list(.tagged([("text", text), ("image", image)]))), required: true)]
                ),
            ]),
            required: true
        ),
    ]

    private static func data(_ types: String...) -> [Field] {
        [Field("media_type", .choice(types), required: true), Field("data", .text(), required: true)]
    }

    private static let toolID = FieldRule.text(pattern: FieldRule.NamePattern())

    private static let blocks: [(tag: String, fields: [Field])] = [
        ("text", text), ("image", image), ("document", document),
        ("thinking", [Field("thinking", .text(), required: true), Field("signature", .text(), required: true)]),
        ("redacted_thinking", [Field("data", .text(), required: true)]),
        (
            "tool_use",
            [
                mark, Field("id", toolID, required: true),
                Field("name", .text(pattern: FieldRule.NamePattern(longest: 200)), required: true),
                Field("input", .dictionary, required: true),
            ]
        ),
        (
            "tool_result",
            [
                mark, Field("tool_use_id", toolID, required: true), Field("is_error", .boolean),
                Field(
                    "content",
                    .textOr(.list(.tagged([("text", text), ("image", image), ("document", document)])))
                ),
            ]
        ),
    ]

    // MARK: Tools and thinking

    private static let tools: [(tag: String, fields: [Field])] = [
        (
            "custom",
            [
                mark, Field("name", .text(pattern: FieldRule.NamePattern(longest: 64)), required: true),
                Field("description", .text()), Field("input_schema", .dictionary, required: true),
                Field("strict", .boolean),
            ]
        )
    ]

    private static let parallel = Field("disable_parallel_tool_use", .boolean)

    private static let toolChoice = FieldRule.tagged([
        ("auto", [parallel]), ("any", [parallel]), ("tool", [Field("name", .text(), required: true), parallel]),
        ("none", []),
    ])

    private static let display = Field("display", .choice(["summarized", "omitted"]), null: true)

    static let thinking = FieldRule.tagged([
        ("enabled", [Field("budget_tokens", .integer(minimum: 1024), required: true), display]), ("disabled", []),
        ("adaptive", [display]),
    ])
}
