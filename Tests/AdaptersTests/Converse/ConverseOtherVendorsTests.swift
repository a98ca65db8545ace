import JSON
import Testing

@testable import Adapters

/// What the models beyond those of the Python adapter lack, and what stands in for it.
@Suite("Converse: models of other vendors")
struct ConverseOtherVendorsTests {
    typealias Events = ConverseAnswerTests
    typealias History = ConverseNormalisationTests
    typealias Rules = ConverseModelRulesTests

    @Test func withoutSystemPromptTheConversationBeginsWithIt() async throws {
        let messages: JSON = [
            ["role": "system", "content": "s"], ["role": "system", "content": "t"],
            History.user(String(repeating: "x", count: 600)),
            History.assistant("a"), History.user("b"),
        ]
        let model = "mistral.mistral-7b-instruct-v0:2"
        let body = try await Converse.body(["messages": messages, "max_prompt_tokens": 400], model)
        #expect(body["system"] == nil)
        #expect(body["messages"] == [History.sentUser(History.text("s"), History.text("t"), History.text("b"))])
        let plain = try await Converse.prepare(["messages": [History.user("a")]], model)
        #expect(plain.notes.isEmpty)
    }

    @Test func aNamedToolIsTheOnlyOneWhereCallsCanOnlyBeForced() async throws {
        let other: JSON = ["type": "function", "function": ["name": "g"]]
        let request: JSON = [
            "messages": [History.user("a")], "tools": [other, Rules.tool([:])],
            "tool_choice": ["type": "function", "function": ["name": "f"]],
        ]
        let tools = try await Converse.body(request, "deepseek.v3.2")["toolConfig"]
        #expect(tools?["toolChoice"] == ["any": [:]])
        #expect(tools?["tools"]?.arrayValue?.compactMap { $0["toolSpec"]?["name"] } == ["f"])
        #expect(try await Converse.body(request, "openai.gpt-6-sol")["toolConfig"]?["tools"]?.arrayValue?.count == 2)
    }

    @Test func mistralTakesIDsOfNineCharacters() async throws {
        let messages: JSON = [
            History.user("a"), History.calls("1", "2"), History.tool("2", "two"), History.tool("1", "one"),
        ]
        let sent = try await Converse.messages(
            messages,
            "mistral.mistral-large-3-675b-instruct",
            tools: [Rules.tool([:])]
        )
        #expect(
            sent[2]
                == History.sentUser(History.result("000000001", "one"), History.result("000000002", "two"))
        )
    }

    static let efforts: [(String, JSON?)] = [
        ("deepseek.v3.2", ["reasoning_effort": "high"]), ("zai.glm-5.3", ["reasoning_effort": "high"]),
        ("xai.grok-4.7", ["reasoning": ["effort": "high"]]),
        ("amazon.nova-2-lite-v1:0", ["reasoningConfig": ["type": "enabled", "maxReasoningEffort": "high"]]),
        ("minimax.minimax-m2.5", nil), ("amazon.nova-lite-v1:0", nil), ("deepseek.r1-v1:0", nil),
    ]

    @Test(arguments: efforts)
    func reasoningEffort(_ model: String, _ fields: JSON?) async throws {
        var request: JSONObject = [
            "messages": [History.user("a")], "max_tokens": 9, "temperature": 0.5, "reasoning_effort": "high",
        ]
        let body = try await Converse.body(.object(request), model)
        #expect(body["additionalModelRequestFields"] == fields)
        #expect((body["inferenceConfig"] == nil) == model.hasPrefix("amazon.nova-2"))
        request["reasoning_effort"] = "none"
        #expect(try await Converse.body(.object(request), model)["additionalModelRequestFields"] == nil)
    }

    @Test func deepSeekDoesNotReasonWhereItHasToCall() async throws {
        let request: JSON = [
            "messages": [History.user("a")], "reasoning_effort": "high", "tools": [Rules.tool([:])],
            "tool_choice": "required",
        ]
        let prepared = try await Converse.prepare(request, "deepseek.v3.2")
        #expect(try JSON(parsing: prepared.call.body)["additionalModelRequestFields"] == nil)
        #expect(prepared.notes.contains { $0.hasPrefix("reasoning_effort was not sent") })
    }

    @Test func answersAreCutWhereTheModelTakesNoStopSequences() async throws {
        let request: JSON = ["messages": [History.user("a")], "stop": ["END", ""], "tools": [Rules.tool([:])]]
        let model = "qwen.qwen3-32b-v1:0"
        #expect(try await Converse.body(request, model)["inferenceConfig"] == nil)
        let stream = try await Converse.stream(
            [
                Events.start, Events.delta(0, ["text": " one E"]), Events.delta(0, ["text": "ND two"]), Events.stop(0),
                Events.call(1, "id", "f"), Events.stop(1), Events.end("tool_use"), Events.usage,
            ],
            request,
            model
        )
        let cut: [JSON] = [["content": " one"], ["content": " "], ["finish": "stop"], "[DONE]"]
        #expect(stream.deltas == [["role": "assistant"]] + cut)
        let content: JSON = [["text": " one END two"], ["toolUse": ["toolUseId": "1", "name": "f", "input": [:]]]]
        let block = try await Converse.block(
            ["output": ["message": ["role": "assistant", "content": content]], "stopReason": "tool_use"],
            request,
            model
        )
        #expect(block.message?["content"] == " one " && block.message?["tool_calls"] == nil)
        #expect(block.finishReason == "stop")
    }

    /// What might have become a stop sequence is neither lost nor late.
    @Test func whatWasHeldBackComesInItsPlace() async throws {
        let request: JSON = ["messages": [History.user("a")], "stop": "END", "tools": [Rules.tool([:])]]
        let text = [Events.delta(0, ["text": "one EN"]), Events.stop(0)]
        let call = [Events.call(1, "id", "f"), Events.delta(1, ["toolUse": ["input": "{}"]]), Events.stop(1)]
        let model = "zai.glm-5"
        func content(_ events: [(String, JSON)]) async throws -> [String] {
            let answer = try await Converse.stream(events, request, model)
            return answer.deltas.map { delta in
                delta["content"]?.stringValue ?? delta["finish"]?.stringValue
                    ?? (delta["tool_calls"] == nil ? "" : "call")
            }.filter { !$0.isEmpty }
        }
        #expect(try await content(text + [Events.end("end_turn")]) == ["one ", "EN", "stop"])
        #expect(try await content(text + call + [Events.end("tool_use")]) == ["one ", "EN", "call", "tool_calls"])
        let cut = Events.delta(2, ["text": "END"])
        #expect(try await content(call + [cut, Events.end("tool_use")]) == ["call", "tool_calls"])
        // A stream that breaks off.
        #expect(try await content(text) == ["one ", "EN"])
        // A call stands between the parts of what might have been one.
        let rest = Events.delta(2, ["text": "D two"])
        #expect(
            try await content(text + call + [rest, Events.end("tool_use")])
                == ["one ", "EN", "call", "D t", "wo", "tool_calls"]
        )
    }

    @Test(arguments: [("\n\n", "one"), (" ", "one\n\ntwo"), ("", "one\n\ntwo three")])
    func stopSequencesOfWhiteSpace(_ stop: String, _ content: String) async throws {
        let request: JSON = ["messages": [History.user("a")], "stop": .string(stop)]
        let answer: JSON = [
            "output": ["message": ["role": "assistant", "content": [["text": "one\n\ntwo three"]]]],
            "stopReason": "end_turn",
        ]
        #expect(try await Converse.block(answer, request, "openai.gpt-6-sol").message?["content"] == .string(content))
    }
}
