import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL

/// Rules of the request that the recorded cases do not show.
struct ClaudeRequestTests {
    /// The service wants objects, and closed ones.
    @Test func aFormWithoutATypeIsOfAnObject() async throws {
        let form: JSON = ["name": "x", "schema": ["properties": ["a": ["type": "integer"]], "required": ["a"]]]
        let body = try await Claude.body(with: ["response_format": ["type": "json_schema", "json_schema": form]])
        #expect(
            body["output_config"]?["format"]?["schema"] == [
                "type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"],
                "additionalProperties": false,
            ]
        )
    }

    /// Closed at the root, they would take nothing at all.
    @Test(
        arguments: [
            ["anyOf": [["enum": ["a"]]]], ["$ref": "#/$defs/A", "$defs": ["A": [:]]], ["enum": ["a"]],
            ["properties": ["a": [:]], "anyOf": [["required": ["a"]]]],
        ] as [JSON]
    )
    func otherFormsStayAsTheyAre(_ schema: JSON) async throws {
        let form: JSON = ["type": "json_schema", "json_schema": ["name": "x", "schema": schema]]
        let body = try await Claude.body(with: ["response_format": form])
        #expect(body["output_config"]?["format"]?["schema"] == schema)
    }

    private static let forms: [(JSON, JSON)] = [
        (["type": "integer", "minimum": 1], ["type": "integer", "description": "(minimum: 1)"]),
        (
            ["type": "string", "minLength": 2, "description": "A name.", "maxLength": 9],
            ["type": "string", "description": "A name. (minLength: 2, maxLength: 9)"]
        ),
        (
            ["type": "string", "format": "binary", "pattern": "a+"],
            ["type": "string", "pattern": "a+", "description": "(format: \"binary\")"]
        ),
        (["type": "string", "format": "date-time"], ["type": "string", "format": "date-time"]),
        (["type": "array", "minItems": 1], ["type": "array", "minItems": 1]),
        (["type": "array", "minItems": 2], ["type": "array", "description": "(minItems: 2)"]),
        (["oneOf": [["maximum": 1]]], ["anyOf": [["description": "(maximum: 1)"]]]),
        (["type": "array", "items": ["maximum": 1]], ["type": "array", "items": ["description": "(maximum: 1)"]]),
        (
            ["type": ["object", "null"], "additionalProperties": ["type": "string"]],
            [
                "type": ["object", "null"], "description": "(additionalProperties: {\"type\":\"string\"})",
                "additionalProperties": false,
            ]
        ),
        (
            ["properties": ["maximum": ["const": ["minimum": 1]]]],
            [
                "type": "object", "properties": ["maximum": ["const": ["minimum": 1]]],
                "additionalProperties": false,
            ]
        ),
        (["$ref": "#/$defs/A", "description": "x"], ["$ref": "#/$defs/A", "description": "x"]),
        (
            ["allOf": [["$ref": "#/$defs/A"]], "description": "x", "additionalProperties": true],
            ["description": "x", "$ref": "#/$defs/A"]
        ),
        (
            [
                "properties": ["a": ["type": "string"]], "required": ["a"],
                "allOf": [["properties": ["b": ["type": "string"]], "required": ["b"]]],
            ],
            [
                "properties": ["a": ["type": "string"], "b": ["type": "string"]], "required": ["a", "b"],
                "type": "object", "additionalProperties": false,
            ]
        ),
        (
            ["allOf": [["type": "integer", "minimum": 1, "description": "i"]], "maximum": 5, "description": "o"],
            ["description": "o (maximum: 5) i (minimum: 1)", "type": "integer"]
        ),
        (
            ["type": "string", "allOf": [["type": "integer"]]], ["type": "string", "allOf": [["type": "integer"]]]
        ),
        (["type": "object", "anyOf": [["enum": ["a"]]]], ["anyOf": [["enum": ["a"]]]]),
        (["type": "object", "$ref": "#/$defs/A"], ["$ref": "#/$defs/A"]),
    ]

    /// The service refuses the request for them.
    @Test(arguments: forms)
    func limitsOfAFormBecomeWords(_ schema: JSON, _ sent: JSON) async throws {
        let parts: JSON = ["type": "object", "properties": ["a": schema], "$defs": ["A": schema]]
        let form: JSON = ["type": "json_schema", "json_schema": ["name": "x", "schema": parts]]
        let prepared = try await Claude.prepare(["messages": Claude.hi, "response_format": form])
        let body = try JSON(parsing: prepared.call.body)
        let expected: JSON = [
            "type": "object", "properties": ["a": sent], "$defs": ["A": sent], "additionalProperties": false,
        ]
        #expect(body["output_config"]?["format"]?["schema"] == expected)
        let hasWords = sent.serializedString().contains("(")
        #expect(prepared.notes.contains { $0.hasPrefix("Keywords of the response format") } == hasWords)
    }

    // MARK: Transport

    @Test func theTransportsDifferInModelStreamAndVersion() async throws {
        let request: JSON = [
            "messages": Claude.hi, "stream": true, "custom_fields": ["configuration": ["betas": ["b", "a", "b"]]],
        ]
        let bedrock = try await Claude.prepare(request)
        let bedrockBody = try JSON(parsing: bedrock.call.body)
        #expect(bedrock.call.operation == .invokeModelWithResponseStream)
        #expect(bedrockBody["anthropic_version"] == "bedrock-2023-05-31")
        #expect(bedrockBody["anthropic_beta"] == ["b", "a", "b"])
        #expect(bedrockBody["model"] == nil && bedrockBody["stream"] == nil)
        #expect(bedrock.call.headers.first { $0.name == "anthropic-beta" }?.value == "b,a,b")

        let anthropic = try await Claude.prepare(request, Claude.sonnet4, .anthropic)
        let anthropicBody = try JSON(parsing: anthropic.call.body)
        #expect(anthropic.call.operation == .anthropicMessages(stream: true))
        #expect(anthropicBody["model"]?.stringValue == Claude.sonnet4)
        #expect(anthropicBody["stream"] == true)
        #expect(anthropicBody["anthropic_version"] == nil && anthropicBody["anthropic_beta"] == nil)
        #expect(anthropic.call.headers.first { $0.name == "anthropic-beta" }?.value == "b,a,b")
    }

    @Test func aPrefixedDeploymentKeepsItsPrefixUpstream() async throws {
        let prepared = try await Claude.prepare(["messages": Claude.hi], "eu." + Claude.sonnet4)
        #expect(prepared.call.modelID == "eu." + Claude.sonnet4)
    }

    @Test(
        arguments: [
            (["performanceConfig": ["latency": "optimized"]], true), (["guardrailConfig": nil], true),
            (["thinking": ["type": "disabled"]], false), ([:], false),
        ] as [(JSONObject, Bool)]
    )
    func converseIsAskedForByItsKeys(_ configuration: JSONObject, _ expected: Bool) {
        #expect(ClaudeConfiguration.needsConverse(configuration) == expected)
    }

    @Test func noConfigurationNeedsNoConverse() {
        #expect(!ClaudeConfiguration.needsConverse(nil))
    }

    // MARK: Parameters

    @Test(arguments: [("1.5", "0.75"), ("0", "0.0"), ("2", "1.0"), ("1", "0.5")])
    func temperatureIsHalved(_ given: String, _ sent: String) async throws {
        let body = try await Claude.body(with: ["temperature": JSON(parsing: given)])
        #expect(body["temperature"]?.doubleValue == Double(sent))
    }

    @Test func whatIsNotSetIsLeftOut() async throws {
        let body = try await Claude.body(with: ["user": "u", "seed": 1, "parallel_tool_calls": false, "logprobs": true])
        #expect(Set(body.objectValue?.keys ?? []) == ["anthropic_version", "max_tokens", "stop_sequences", "messages"])
        #expect(body["max_tokens"] == 1536)
        #expect(body["stop_sequences"] == [])
    }

    @Test func blankStopSequencesAreDropped() async throws {
        let body = try await Claude.body(with: ["stop": ["END", "", " \n"]])
        #expect(body["stop_sequences"] == ["END"])
    }

    @Test func laterModelsTakeOneOrNoSamplingParameter() async throws {
        let one = try await Claude.body(with: ["temperature": 1, "top_p": 0.5], Claude.opus46)
        #expect(one["temperature"]?.doubleValue == 0.5 && one["top_p"] == nil)
        let alone = try await Claude.body(with: ["top_p": 0.5], Claude.opus46)
        #expect(alone["top_p"]?.doubleValue == 0.5)
        let none = try await Claude.body(with: ["temperature": 1, "top_p": 0.5], Claude.opus48)
        #expect(none["temperature"] == nil && none["top_p"] == nil)
    }

    // MARK: Configuration

    @Test(
        arguments: [
            (["betas": "x"], "betas"), (["betas": [1]], "betas.0"), (["thinking": "on"], "thinking"),
            (["effort": 1], "effort"),
            (["enable_citations": "maybe"], "enable_citations"),
            (["performanceConfig": ["latency": "fast"]], "performanceConfig"),
            (["foo": 1, "betas": 1], "betas"),
        ] as [(JSON, String)]
    )
    func aWrongConfigurationNamesItsPath(_ configuration: JSON, _ path: String) async throws {
        let error = try await Claude.error(["messages": Claude.hi, "custom_fields": ["configuration": configuration]])
        #expect(error.status == 422 && error.code == "422")
        #expect(error.message.contains("'custom_fields.configuration.\(path)'"))
    }

    /// The service takes files of the user alone; one that another model made goes before what the user says next.
    @Test func filesOfTheAssistant() async throws {
        let file: JSON = ["attachments": [["type": "image/png", "data": "iVBORw0KGgo="]]]
        func answer(_ more: JSONObject) async throws -> JSON? {
            var answer: JSONObject = ["role": "assistant", "content": "here", "custom_content": file]
            for (key, value) in more { answer[key] = value }
            let user: JSON = ["role": "user", "content": "hi"]
            return try await Claude.messages([user, .object(answer), user])
        }
        let moved = try await answer([:])
        #expect(moved?[1]?["content"] == [["type": "text", "text": "here"]])
        #expect(moved?[2]?["content"]?.arrayValue?.map { $0["type"] } == ["image", "text"])
        let alone = try await answer(["content": " "])
        #expect(alone?[1]?["content"] == [["type": "text", "text": "."]])
        let left = try await answer(["tool_calls": []])
        #expect(left?[1]?["content"] == [["type": "text", "text": "here"]])
        #expect(left?[2]?["content"]?.arrayValue?.count == 1)
    }

    @Test(arguments: ["a\r\nx-api-key: b", "a\0", "bêta", "a\u{7F}", String(repeating: "x", count: 4096)])
    func aBetaThatNoHeaderCanHoldIsRefused(_ beta: String) async throws {
        let configuration: JSON = ["betas": ["fine-2025-01-01", .string(beta)]]
        let error = try await Claude.error(["messages": Claude.hi, "custom_fields": ["configuration": configuration]])
        #expect(error.status == 400)
        #expect(error.message.contains("'custom_fields.configuration.betas.1'"))
    }

    @Test func nullsInTheConfigurationMeanNothing() async throws {
        let body = try await Claude.body(with: [
            "custom_fields": ["configuration": ["betas": nil, "thinking": nil, "effort": nil]]
        ])
        #expect(body["thinking"] == nil && body["anthropic_beta"] == nil && body["output_config"] == nil)
    }

    /// Tokens of the prompt that declared tools add. Source: Anthropic API reference "Tool use: pricing".
    @Test(arguments: [
        ("opus-4-1-20250805-v1:0", 313, 315), ("haiku-4-5-20251001-v1:0", 496, 588),
        ("sonnet-4-5-20250929-v1:0", 496, 588), ("sonnet-4-6", 497, 589), ("opus-4-7", 675, 804),
        ("opus-4-8", 290, 410), ("opus-5", 286, 406), ("sonnet-5", 354, 474),
    ])
    func toolPromptsOfLaterModels(_ model: String, _ auto: Int, _ forced: Int) throws {
        let profile = try #require(Catalog().resolve(id: "anthropic.claude-\(model)", kind: .chat)?.profile)
        #expect(profile.toolPromptTokens == ToolPromptTokens(auto: auto, forced: forced))
    }

    @Test(
        arguments: [
            ("web_search", ["type": "web_search_20250305", "name": ""], nil),
            ("web_search", ["type": "web_search_20250305", "name": nil], nil),
            ("fetch", ["type": "x"], "name': Input should be 'web_search'"),
            ("web_search", ["type": "web_search_20250305", "name": "other"], "name': Input should be 'web_search'"),
            ("web_search", ["type": "web_search_20250305", "name": 5], "name': Input should be 'web_search'"),
            ("web_search", nil, "configuration.BetaWebSearchTool20250305Param.type': Field required"),
        ] as [(String, JSON, String?)]
    )
    func staticFunctions(_ name: String, _ configuration: JSON, _ complaint: String?) async throws {
        let tool: JSON = [
            "type": "static_function", "static_function": ["name": .string(name), "configuration": configuration],
        ]
        let request: JSON = ["messages": [["role": "user", "content": "u"]], "tools": [tool]]
        if let complaint {
            let error = try await Claude.error(request)
            #expect(error.status == 422)
            #expect(error.message == "Invalid static tool definition at 'tools[0].static_function." + complaint)
        } else {
            #expect(try await Claude.body(request)["tools"]?[0]?["name"] == "web_search")
        }
    }

    @Test func countingServesRequestsForConverse() async throws {
        let request = try ChatCompletionRequest(decoding: [
            "messages": Claude.hi, "custom_fields": ["configuration": ["performanceConfig": nil]],
        ])
        #expect(try await ClaudeMessagesAdapter().countTokens(in: request, Claude.context(Claude.sonnet4)) == 7)
    }
}
