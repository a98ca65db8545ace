/// The request shapes of Converse and ConverseStream.
///
/// Source: the Bedrock Runtime service model (2023-09-30), structures reachable from ConverseRequest.
enum ConverseShapes {
    static let request = Shape.structure(members(guardrail: guardrail))
    static let streamRequest = Shape.structure(
        members(guardrail: guardrail + [.init("streamProcessingMode", oneOf("sync", "async"))])
    )

    private static func members(guardrail: [Shape.Member]) -> [Shape.Member] {
        [
            .init("messages", .list(message)),
            .init("system", .list(systemBlock)),
            .init("inferenceConfig", inference),
            .init("toolConfig", tools),
            .init("guardrailConfig", .structure(guardrail)),
            .init("additionalModelRequestFields", .document),
            .init("promptVariables", .map(key: TextRule(), value: .union([.init("text", .text())]))),
            .init(
                "additionalModelResponseFieldPaths",
                .list(.text(TextRule(length: 1...256)), count: 0...10)
            ),
            .init(
                "requestMetadata",
                .map(
                    key: TextRule(length: 1...256, pattern: .requestMetadata),
                    value: .text(TextRule(length: 0...256, pattern: .requestMetadata)),
                    count: 1...16
                )
            ),
            .init("performanceConfig", .structure([.init("latency", oneOf("standard", "optimized"))])),
            .init(
                "serviceTier",
                .structure([.init("type", oneOf("priority", "default", "flex", "reserved"), required: true)])
            ),
            .init("outputConfig", .structure([.init("textFormat", outputFormat)])),
        ]
    }

    private static func oneOf(_ values: String...) -> Shape { .text(TextRule(values: values)) }

    private static let inference = Shape.structure([
        .init("maxTokens", .integer(1...Int(Int32.max))),
        .init("temperature", .number(0...1)),
        .init("topP", .number(0...1)),
        .init("stopSequences", .list(.text(TextRule(length: 1...Int.max)), count: 0...2500)),
    ])

    private static let guardrail: [Shape.Member] = [
        .init("guardrailIdentifier", .text(TextRule(length: 0...2048, pattern: .guardrailIdentifier))),
        .init("guardrailVersion", .text(TextRule(pattern: .guardrailVersion))),
        .init("trace", oneOf("enabled", "disabled", "enabled_full")),
    ]

    private static let outputFormat = Shape.structure([
        .init("type", oneOf("json_schema"), required: true),
        .init(
            "structure",
            .union([
                .init(
                    "jsonSchema",
                    .structure([
                        .init("schema", .text(), required: true), .init("name", .text()), .init("description", .text()),
                    ])
                )
            ]),
            required: true
        ),
    ])

    // MARK: Content

    private static let message = Shape.structure([
        .init("role", oneOf("user", "assistant"), required: true),
        .init("content", .list(contentBlock), required: true),
    ])

    private static let contentBlock = Shape.union([
        .init("text", .text()),
        .init("image", image),
        .init("document", document),
        .init("video", video),
        .init("audio", audio),
        .init("toolUse", toolUse),
        .init("toolResult", toolResult),
        .init("guardContent", guardContent),
        .init("cachePoint", cachePoint),
        .init("reasoningContent", reasoning),
        .init("citationsContent", .document),
        .init("searchResult", .document),
    ])

    private static let systemBlock = Shape.union([
        .init("text", .text(TextRule(length: 1...Int.max))),
        .init("guardContent", guardContent),
        .init("cachePoint", cachePoint),
    ])

    private static let cachePoint = Shape.structure([
        .init("type", oneOf("default"), required: true),
        .init("ttl", oneOf("5m", "1h")),
    ])

    private static let location = Shape.Member(
        "s3Location",
        .structure([
            .init("uri", .text(TextRule(length: 1...1024)), required: true), .init("bucketOwner", .text()),
        ])
    )

    private static let bytesSource = Shape.union([.init("bytes", .blob()), location])

    private static let image = Shape.structure([
        .init("format", oneOf("png", "jpeg", "gif", "webp"), required: true),
        .init("source", bytesSource, required: true),
    ])

    private static let document = Shape.structure([
        .init("format", oneOf("pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md")),
        .init("name", .text(TextRule(length: 1...200)), required: true),
        .init(
            "source",
            .union([
                .init("bytes", .blob()), location, .init("text", .text()),
                .init("content", .list(.union([.init("text", .text())]))),
            ]),
            required: true
        ),
        .init("context", .text()),
        .init("citations", .structure([.init("enabled", .boolean, required: true)])),
    ])

    private static let video = Shape.structure([
        .init(
            "format",
            oneOf("mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"),
            required: true
        ),
        .init("source", bytesSource, required: true),
    ])

    private static let audio = Shape.structure([
        .init("format", .text(), required: true), .init("source", bytesSource, required: true),
    ])

    private static let guardContent = Shape.union([
        .init(
            "text",
            .structure([
                .init("text", .text(), required: true),
                .init("qualifiers", .list(oneOf("grounding_source", "query", "guard_content"))),
            ])
        ),
        .init(
            "image",
            .structure([
                .init("format", oneOf("png", "jpeg"), required: true),
                .init("source", .union([.init("bytes", .blob())]), required: true),
            ])
        ),
    ])

    private static let reasoning = Shape.union([
        .init(
            "reasoningText",
            .structure([.init("text", .text(), required: true), .init("signature", .text())])
        ),
        .init("redactedContent", .blob(minimum: 0)),
    ])

    // MARK: Tools

    private static let toolName = Shape.text(TextRule(length: 1...64, pattern: .toolName))
    private static let toolUseID = Shape.text(TextRule(length: 1...64, pattern: .toolUseID))

    private static let toolUse = Shape.structure([
        .init("toolUseId", toolUseID, required: true),
        .init("name", toolName, required: true),
        .init("input", .document, required: true),
        .init("type", oneOf("server_tool_use")),
    ])

    private static let toolResult = Shape.structure([
        .init("toolUseId", toolUseID, required: true),
        .init(
            "content",
            .list(
                .union([
                    .init("json", .document), .init("text", .text()), .init("image", image),
                    .init("document", document), .init("video", video), .init("searchResult", .document),
                ])
            ),
            required: true
        ),
        .init("status", oneOf("success", "error")),
        .init("type", .text()),
    ])

    private static let tools = Shape.structure([
        .init(
            "tools",
            .list(
                .union([
                    .init("toolSpec", toolSpecification),
                    .init("systemTool", .structure([.init("name", toolName, required: true)])),
                    .init("cachePoint", cachePoint),
                ]),
                count: 1...Int.max
            ),
            required: true
        ),
        .init(
            "toolChoice",
            .union([
                .init("auto", .structure([])),
                .init("any", .structure([])),
                .init("tool", .structure([.init("name", toolName, required: true)])),
            ])
        ),
    ])

    private static let toolSpecification = Shape.structure([
        .init("name", toolName, required: true),
        .init("description", .text(TextRule(length: 1...Int.max))),
        .init("inputSchema", .union([.init("json", .document)]), required: true),
        .init("strict", .boolean),
    ])
}
