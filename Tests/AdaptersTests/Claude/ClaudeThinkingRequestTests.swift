import JSON
import Testing

@testable import Adapters
@testable import DIAL

/// Thinking and effort as a request asks for them, and what goes together with them.
struct ClaudeThinkingRequestTests {
    private static func thinking(_ value: JSON, _ others: JSONObject = [:]) -> JSONObject {
        var members = others
        members["custom_fields"] = ["configuration": ["thinking": value]]
        return members
    }

    /// A call and its result; the turn of the call has no thinking.
    private static let calledWithoutThinking: JSON = [
        ["role": "user", "content": "x"],
        [
            "role": "assistant",
            "tool_calls": [["id": "t", "type": "function", "function": ["name": "f", "arguments": "{}"]]],
        ],
        ["role": "tool", "tool_call_id": "t", "content": "y"],
    ]

    @Test func thinkingDropsTemperature() async throws {
        let enabled: JSON = ["type": "enabled", "budget_tokens": 1024]
        let body = try await Claude.body(
            with: Self.thinking(enabled, ["temperature": 1, "top_p": 0.95, "max_tokens": 3000])
        )
        #expect(body["thinking"] == enabled)
        #expect(body["temperature"] == nil)
        #expect(body["top_p"]?.doubleValue == 0.95)
        // Below that the service refuses it.
        let asked: JSONObject = ["reasoning_effort": "low", "top_p": 0.9, "max_tokens": 3000]
        let refused = try await Claude.body(with: asked, Claude.sonnet4)
        #expect(refused["thinking"] != nil && refused["top_p"] == nil)
    }

    @Test func anEffortGoesWithAdaptiveThinking() async throws {
        let asked: JSONObject = ["reasoning_effort": "low"]
        let body = try await Claude.body(with: Self.thinking(["type": "adaptive"], asked), Claude.opus48)
        #expect(body["thinking"] == ["type": "adaptive"] && body["output_config"] == ["effort": "low"])
    }

    @Test(arguments: [
        (1024, 3000, 1024, 3000), (5000, 3000, 5000, 8000), (3000, 3000, 3000, 6000), (100, 3000, 1024, 3000),
    ])
    func theBudgetFitsIntoMaxTokens(_ budget: Int, _ maximum: Int, _ sentBudget: Int, _ sentMaximum: Int) async throws {
        let body = try await Claude.body(
            with: Self.thinking(["type": "enabled", "budget_tokens": JSON(budget)], ["max_tokens": JSON(maximum)])
        )
        #expect(body["thinking"]?["budget_tokens"]?.intValue == sentBudget)
        #expect(body["max_tokens"]?.intValue == sentMaximum)
    }

    @Test func interleavedThinkingMayExceedMaxTokens() async throws {
        let body = try await Claude.body(with: [
            "max_tokens": 2000,
            "custom_fields": [
                "configuration": [
                    "thinking": ["type": "enabled", "budget_tokens": 9000],
                    "betas": ["interleaved-thinking-2025-05-14"],
                ]
            ],
        ])
        #expect(body["max_tokens"] == 2000)
    }

    /// Claude 3.7 overlooks the flag, so the budget must fit.
    @Test func interleavedThinkingOfAModelWithoutIt() async throws {
        let configuration: JSON = [
            "thinking": ["type": "enabled", "budget_tokens": 9000], "betas": ["interleaved-thinking-2025-05-14"],
        ]
        let body = try await Claude.body(
            with: ["max_tokens": 2000, "custom_fields": ["configuration": configuration]],
            "anthropic.claude-3-7-sonnet-20250219-v1:0"
        )
        #expect(body["max_tokens"] == 11000)
    }

    /// Only within a budget must the turn that is continued begin with thinking.
    @Test func adaptiveThinkingGoesOnAfterATurnWithoutThinking() async throws {
        let fields: JSON = ["configuration": ["thinking": ["type": "adaptive"]]]
        let body = try await Claude.body(
            ["messages": Self.calledWithoutThinking, "custom_fields": fields],
            Claude.opus46
        )
        #expect(body["thinking"] == ["type": "adaptive"])
    }

    @Test(arguments: [(1024, "low"), (4096, "medium"), (16384, "high"), (nil, nil)] as [(Int?, String?)])
    func aBudgetBecomesAdaptiveWhereNoneIsTaken(_ budget: Int?, _ effort: String?) async throws {
        var thinking: JSONObject = ["type": "enabled", "display": "omitted"]
        if let budget { thinking["budget_tokens"] = JSON(budget) }
        let body = try await Claude.body(with: Self.thinking(.object(thinking)), Claude.opus48)
        #expect(body["thinking"] == ["type": "adaptive", "display": "omitted"])
        #expect(body["output_config"]?["effort"]?.stringValue == effort)
        #expect(body["max_tokens"] == 1536)
        let earlier = try await Claude.body(with: Self.thinking(.object(thinking)), Claude.opus46)
        #expect(earlier["thinking"]?["type"] == "enabled")
    }

    @Test(arguments: ["required", ["type": "function", "function": ["name": "get_time"]]] as [JSON])
    func aForcedToolGivesWayToThinking(_ choice: JSON) async throws {
        let body = try await Claude.body(
            with: Self.thinking(
                ["type": "enabled", "budget_tokens": 1024],
                ["tools": Claude.oneTool, "tool_choice": choice]
            )
        )
        #expect(body["tool_choice"] == ["type": "auto"])
        let without = try await Claude.body(with: ["tools": Claude.oneTool, "tool_choice": choice])
        #expect(without["tool_choice"] != ["type": "auto"])
    }

    @Test(arguments: [(Claude.sonnet4, true), (Claude.sonnet35, false)])
    func reasoningEffortBecomesABudgetWhereTheModelThinks(_ deployment: String, _ thinks: Bool) async throws {
        let body = try await Claude.body(with: ["reasoning_effort": "low"], deployment)
        #expect(body["thinking"]?["budget_tokens"]?.intValue == (thinks ? 1024 : nil))
        #expect(body["output_config"] == nil)
    }

    @Test func reasoningEffortIsAnEffortOfLaterModels() async throws {
        let body = try await Claude.body(with: ["reasoning_effort": "high"], Claude.opus48)
        #expect(body["output_config"] == ["effort": "high"])
        #expect(body["thinking"] == nil)
    }

    @Test func thinkingIsOffWhereTheCallingTurnLostItsThinking() async throws {
        let configuration: JSON = ["configuration": ["thinking": ["type": "enabled", "budget_tokens": 1024]]]
        let prepared = try await Claude.prepare([
            "messages": Self.calledWithoutThinking, "custom_fields": configuration,
        ])
        #expect(try JSON(parsing: prepared.call.body)["thinking"] == nil)
        #expect(prepared.notes.count == 1)
    }
}
