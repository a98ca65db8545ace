import JSON
import Testing

@testable import Adapters
@testable import DIAL

@Suite("Converse: configuration and parameters")
struct ConverseConfigurationTests {
    static func request(_ configuration: JSON, stream: Bool = false) -> JSON {
        [
            "messages": [["role": "user", "content": "x"]], "stream": .bool(stream),
            "custom_fields": ["configuration": configuration],
        ]
    }

    static let guardrail: JSON = ["guardrailIdentifier": "g", "guardrailVersion": "1"]
    static let latencyPath = "performanceConfig.latency.literal['standard','optimized']"

    static let violationCases: [(JSON, String, String)] = [
        (["foo": 1], "foo", "Extra inputs are not permitted"),
        (
            ["guardrailConfig": ["guardrailIdentifier": "g", "guardrailVersion": "1", "foo": 1]],
            "guardrailConfig.foo", "Extra inputs are not permitted"
        ),
        (["performanceConfig": ["foo": 1]], "performanceConfig.foo", "Extra inputs are not permitted"),
        (["guardrailConfig": ["guardrailIdentifier": "g"]], "guardrailConfig.guardrailVersion", "Field required"),
        (["guardrailConfig": [:]], "guardrailConfig.guardrailIdentifier", "Field required"),
        (
            ["guardrailConfig": ["guardrailIdentifier": 1, "guardrailVersion": "1"]],
            "guardrailConfig.guardrailIdentifier", "Input should be a valid string"
        ),
        (
            ["guardrailConfig": ["guardrailIdentifier": "g", "guardrailVersion": nil]],
            "guardrailConfig.guardrailVersion", "Input should be a valid string"
        ),
        (
            ["performanceConfig": "fast"], "performanceConfig",
            "Input should be a valid dictionary or instance of BedrockPerformanceConfig"
        ),
        (
            ["guardrailConfig": []], "guardrailConfig",
            "Input should be a valid dictionary or instance of GuardrailConfig"
        ),
        (["performanceConfig": ["latency": 1]], latencyPath, "Input should be 'standard' or 'optimized'"),
        (
            ["guardrailConfig": ["guardrailIdentifier": "g", "guardrailVersion": "1", "trace": true]],
            "guardrailConfig.trace.literal['enabled','disabled','enabled_full']",
            "Input should be 'enabled', 'disabled' or 'enabled_full'"
        ),
        (
            ["guardrailConfig": ["guardrailIdentifier": "g", "guardrailVersion": "1", "streamProcessingMode": 1]],
            "guardrailConfig.streamProcessingMode.literal['sync','async']", "Input should be 'sync' or 'async'"
        ),
        // Declared members come before unknown ones, and performance before guardrail.
        (
            ["foo": 1, "guardrailConfig": [:], "performanceConfig": ["a": 1, "latency": 1]], latencyPath,
            "Input should be 'standard' or 'optimized'"
        ),
    ]

    @Test(arguments: violationCases)
    func violations(_ configuration: JSON, _ path: String, _ text: String) async throws {
        let error = try await Converse.error(Self.request(configuration))
        #expect(error == .invalidConfiguration(path: path, text))
        #expect(error.status == 422 && error.code == "422")
    }

    static let emptyConfigurations: [JSON] = [
        [:], ["performanceConfig": nil, "guardrailConfig": nil], ["performanceConfig": [:]],
        ["performanceConfig": ["latency": nil]], ["performanceConfig": ["latency": ""]],
    ]

    @Test(arguments: emptyConfigurations)
    func nothingToSend(_ configuration: JSON) async throws {
        let body = try await Converse.body(Self.request(configuration))
        #expect(body.objectValue?.keys == ["messages"])
    }

    @Test func whatIsSent() async throws {
        var guardrail = Self.guardrail.objectValue ?? [:]
        guardrail["trace"] = "enabled"
        guardrail["streamProcessingMode"] = "async"
        let configuration: JSON = ["performanceConfig": ["latency": "warp"], "guardrailConfig": .object(guardrail)]
        let stream = try await Converse.body(Self.request(configuration, stream: true))
        #expect(stream["performanceConfig"] == ["latency": "warp"])
        #expect(stream["guardrailConfig"] == .object(guardrail))
        let block = try await Converse.body(Self.request(configuration))
        #expect(block["guardrailConfig"]?["streamProcessingMode"] == nil)
        #expect(block["guardrailConfig"]?["trace"] == "enabled")
    }

    @Test func truncationKeepsEverythingElse() async throws {
        let body = try await Converse.body([
            "messages": [
                ["role": "system", "content": "s"], ["role": "user", "content": "one"],
                ["role": "assistant", "content": "two"],
                ["role": "user", "content": "three"],
            ],
            "max_prompt_tokens": 90, "temperature": 0.50, "stop": ["a", " ", ""], "max_tokens": 7, "top_p": 1,
            "custom_fields": ["configuration": ["guardrailConfig": Self.guardrail]],
        ])
        #expect(body["messages"]?.arrayValue?.count == 1)
        #expect(body["system"] == [["text": "s"]])
        #expect(body["guardrailConfig"] == Self.guardrail)
        #expect(body["inferenceConfig"] == ["maxTokens": 7, "temperature": 0.50, "topP": 1, "stopSequences": ["a"]])
    }

    @Test func otherParametersAreNotSent() async throws {
        let body = try await Converse.body([
            "messages": [["role": "user", "content": "x"]], "max_completion_tokens": 5, "presence_penalty": 1,
            "seed": 3,
            "frequency_penalty": 1, "logit_bias": ["1": 1], "user": "u", "response_format": ["type": "json_object"],
            "parallel_tool_calls": false, "reasoning_effort": "low", "model": "m", "logprobs": true, "top_logprobs": 2,
            "stream_options": ["include_usage": true], "prompt_cache_key": "k", "stop": "",
        ])
        #expect(body.objectValue?.keys == ["messages"])
    }

    static let marked: JSON = ["cache_breakpoint": [:]]

    @Test func cacheBreakpoints() async throws {
        let request: JSON = [
            "messages": [
                ["role": "system", "content": "s", "custom_fields": Self.marked],
                ["role": "user", "content": "u", "custom_fields": Self.marked],
                ["role": "assistant", "content": "a", "custom_fields": Self.marked],
                ["role": "user", "content": "v", "custom_fields": Self.marked],
            ],
            "tools": [["type": "function", "function": ["name": "f"], "custom_fields": Self.marked]],
        ]
        let point: JSON = ["cachePoint": ["type": "default"]]
        let prepared = try await Converse.prepare(request, Converse.claude)
        let body = try JSON(parsing: prepared.call.body)
        // Five are one too many: the first goes.
        #expect(body["toolConfig"]?["tools"]?.arrayValue?.count == 1)
        #expect(body["system"] == [["text": "s"], point])
        #expect(body["messages"]?.arrayValue?.allSatisfy { $0["content"]?.arrayValue?.last == point } == true)
        #expect(prepared.notes.count == 1)
        #expect(prepared.cache == CacheReport(path: "prefix.body.messages[3]", timeToLive: 300))
        // Models without caching refuse them.
        let llama = try await Converse.prepare(request, Converse.commandR)
        #expect(!String(decoding: llama.call.body, as: UTF8.self).contains("cachePoint"))
        #expect(llama.cache == nil)
    }

    @Test func automaticCachingIsRefused() async throws {
        let error = try await Converse.error([
            "messages": [["role": "user", "content": "x"]], "custom_fields": Self.marked,
        ])
        #expect(error.status == 422)
        #expect(error.message.contains("Top-level `cache_breakpoint` is not supported"))
    }
}
