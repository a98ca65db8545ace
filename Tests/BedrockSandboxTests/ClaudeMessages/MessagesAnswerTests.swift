import AWS
import JSON
import Testing

@testable import BedrockSandbox

struct MessagesAnswerTests {
    @Test(arguments: MessagesCall.both)
    func message(call: MessagesCall) throws {
        let answer = call.send("hello wide world")
        let body = try answer.json()
        #expect(answer.status == 200)
        #expect(body["type"] == "message")
        #expect(body["role"] == "assistant")
        #expect(body["model"] == "claude-3-7-sonnet-20250219")
        #expect(body["content"] == [["type": "text", "text": "You said: hello wide world"]])
        #expect(body["stop_reason"] == "end_turn")
        #expect(body["stop_sequence"] == .null)
        #expect(body["usage"]?["input_tokens"] == 4)
        #expect(body["usage"]?["output_tokens"] == 5)
        #expect(body["usage"]?["cache_read_input_tokens"] == 0)
    }

    @Test(arguments: MessagesCall.both)
    func stream(call: MessagesCall) throws {
        let answer = call.send("hello wide world", stream: true)
        let events = try answer.messageEvents()
        let names = events.compactMap { $0["type"]?.stringValue }
        let ping = call.transport == .anthropic ? ["ping"] : []
        #expect(
            names == ["message_start", "content_block_start"] + ping
                + Array(repeating: "content_block_delta", count: 5)
                + ["content_block_stop", "message_delta", "message_stop"]
        )
        #expect(events[0]["message"]?["content"] == [])
        #expect(events[0]["message"]?["stop_reason"] == .null)
        let text = events.compactMap { $0["delta"]?["text"]?.stringValue }.joined()
        #expect(text == "You said: hello wide world")
        #expect(events[events.count - 2]["delta"] == ["stop_reason": "end_turn", "stop_sequence": .null])
        #expect(events[events.count - 2]["usage"]?["output_tokens"] == 5)
        let metrics = events.last?["amazon-bedrock-invocationMetrics"]
        #expect(metrics?["inputTokenCount"] == (call.transport == .bedrock ? 4 : nil))
    }

    @Test func serverSentEventsAreNamed() {
        let text = String(decoding: MessagesCall.anthropic.send("a", stream: true).streamed, as: UTF8.self)
        #expect(text.hasPrefix("event: message_start\ndata: {\"type\":\"message_start\","))
        #expect(text.hasSuffix("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"))
    }

    @Test func chunksArePadded() throws {
        var decoder = EventStreamDecoder()
        decoder.append(MessagesCall.bedrock.send("a", stream: true).streamed)
        let message = try #require(try decoder.next())
        #expect(message.eventName == "chunk")
        #expect(try JSON(parsing: message.payload)["p"]?.stringValue?.isEmpty == false)
    }

    @Test(arguments: MessagesCall.both)
    func endings(call: MessagesCall) throws {
        let cut = try call.send("one two three", ["max_tokens": 3]).json()
        #expect(cut["stop_reason"] == "max_tokens")
        #expect(cut["content"]?[0]?["text"] == "You said: one")
        let stopped = try call.send("one STOP two", ["stop_sequences": ["two", "STOP"]]).json()
        #expect(stopped["stop_reason"] == "stop_sequence")
        #expect(stopped["stop_sequence"] == "STOP")
        let refused = try call.send("stop:refusal", stream: true).messageEvents()
        #expect(refused[refused.count - 2]["delta"]?["stop_reason"] == "refusal")
    }

    @Test(arguments: MessagesCall.both)
    func parallelCalls(call: MessagesCall) throws {
        let text = #"call:look {"key": "a"} call:look {"key": "b"} both"#
        let body = try call.send(text, ["tools": .customTools("look")]).json()
        let blocks = body["content"]?.arrayValue ?? []
        #expect(blocks.map { $0["type"] } == ["text", "tool_use", "tool_use"])
        #expect(blocks[1]["input"] == ["key": "a"])
        #expect(body["stop_reason"] == "tool_use")
        let prefix = call.transport == .bedrock ? "toolu_bdrk_" : "toolu_"
        #expect(blocks[1]["id"]?.stringValue?.hasPrefix(prefix) == true)
        #expect(blocks[1]["id"] != blocks[2]["id"])
        let events = try call.send(text, stream: true, ["tools": .customTools("look")]).messageEvents()
        let second = events.filter { $0["index"] == 2 }
        #expect(second.first?["content_block"]?["input"] == [:])
        #expect(second.compactMap { $0["delta"]?["partial_json"]?.stringValue }.joined() == #"{"key":"b"}"#)
        let once: JSON = ["type": "auto", "disable_parallel_tool_use": true]
        #expect(call.send(text, ["tools": .customTools("look"), "tool_choice": once]).blocks.count == 2)
    }

    /// Anthropic's SDK declares a tool's type as optional, and null as one of its values.
    @Test(arguments: MessagesCall.both)
    func toolWithTypeNull(call: MessagesCall) {
        let tool: JSON = ["type": .null, "name": "look", "input_schema": ["type": "object"]]
        #expect(call.send("hi", ["tools": [tool]]).status == 200)
    }

    @Test(arguments: MessagesCall.both)
    func choices(call: MessagesCall) {
        func answer(_ choice: JSON, _ text: String = "go") -> [JSON] {
            call.send(text, ["tools": .customTools("look", "see"), "tool_choice": choice]).blocks
        }
        #expect(answer(["type": "any"]).last?["name"] == "look")
        #expect(answer(["type": "tool", "name": "see"]).last?["input"] == ["key": "text"])
        #expect(answer(["type": "none"], "call:look").map { $0["type"] } == ["text"])
        #expect(answer(["type": "auto"], "call:look").last?["input"] == [:])
    }

    @Test(arguments: MessagesCall.both)
    func resultsAreQuoted(call: MessagesCall) {
        let answer = call.send([
            "tools": .customTools("look"),
            "messages": [
                .said("user", "go"), .said("assistant", .call("a"), .call("b")),
                .said("user", .result("a"), .result("b", [.textBlock("blue"), .picture()])),
            ],
        ])
        #expect(
            answer.blocks.first?["text"]
                == "The tool look answered: found\nThe tool look answered: blue (png, 8 bytes)"
        )
    }

    @Test(arguments: MessagesCall.both)
    func mediaAreAcknowledged(call: MessagesCall) {
        let note: JSON = ["type": "text", "media_type": "text/plain", "data": "a note"]
        let answer = call.send([
            "messages": [
                .said(
                    "user",
                    .picture(),
                    ["type": "document", "title": "note", "source": note],
                    .textBlock("see")
                )
            ]
        ])
        #expect(
            answer.blocks.first?["text"]
                == "You said: see\nI see 1 image (png, 8 bytes).\nI see 1 document (note, text, 6 bytes)."
        )
    }

    @Test(arguments: MessagesCall.both)
    func answersInJSON(call: MessagesCall) {
        var call = call
        call.model = "anthropic.claude-sonnet-4-6"
        let schema: JSON = ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]]
        let format: JSON = ["type": "json_schema", "schema": schema]
        let answer = call.send("a number", ["output_config": ["format": format, "effort": "low"]])
        #expect(answer.blocks.first?["text"] == #"{"a":1}"#)
    }

    /// Source: Anthropic API reference, "Messages": "consecutive user or assistant turns … will be combined".
    @Test func anthropicCombinesTurns() {
        let answer = MessagesCall.anthropic.send([
            "tools": .customTools("look"),
            "messages": [
                .said("user", "go"), .said("assistant", .call("a")), .said("assistant", .call("b")),
                .said("user", .result("a")), .said("user", .result("b"), .textBlock("on")),
            ],
        ])
        #expect(
            answer.blocks.first?["text"]
                == "The tool look answered: found\nThe tool look answered: found\nYou said: on"
        )
    }

    @Test func equalRequestsGetEqualAnswers() {
        let first = MessagesCall.bedrock.send("some words", stream: true).streamed
        #expect(first == MessagesCall.bedrock.send("some words", stream: true).streamed)
    }

    @Test func namesOfModels() {
        #expect(SandboxModel.anthropicTable["claude-3-5-sonnet-20241022"]?.maximumOutput == 8192)
        #expect(SandboxModel.anthropicTable["claude-opus-4-6"] != nil)
        #expect(SandboxModel.anthropicTable["claude-opus-4-7"] != nil)
    }

    @Test func countedTokens() throws {
        let body: JSON = ["model": "claude-3-7-sonnet-20250219", "messages": [.said("user", "hello wide world")]]
        let answer = MessagesCall.anthropic.post(body, path: "/v1/messages/count_tokens")
        #expect(try answer.json() == ["input_tokens": 4])
        let refused = MessagesCall.anthropic.post(["model": "x"], path: "/v1/messages/count_tokens")
        #expect(refused.refusal == "messages: Field required")
    }
}

struct MessagesThinkingTests {
    /// The blocks of a streamed answer, put together as clients do.
    private func blocks(_ events: [JSON]) -> [JSONObject] {
        var blocks: [JSONObject] = []
        for event in events {
            if let block = event["content_block"]?.objectValue { blocks.append(block) }
            guard let delta = event["delta"], let last = blocks.indices.last else { continue }
            for (key, member) in [("thinking", "thinking"), ("signature", "signature"), ("text", "text")] {
                guard let piece = delta[key]?.stringValue else { continue }
                blocks[last][member] = .string((blocks[last][member]?.stringValue ?? "") + piece)
            }
        }
        return blocks
    }

    @Test(arguments: MessagesCall.both)
    func signaturesAreKnownAgain(call: MessagesCall) throws {
        let whole = call.send("redacted:1 reasoning:4 hi", ["thinking": .budget]).blocks
        #expect(whole.map { $0["type"] } == ["thinking", "redacted_thinking", "text"])
        let streamed = try call.send("redacted:1 reasoning:4 hi", stream: true, ["thinking": .budget]).messageEvents()
        #expect(blocks(streamed).map(JSON.object) == whole)
        let next = call.send([
            "thinking": .budget,
            "messages": [
                .said("user", "a"), ["role": "assistant", "content": .array(whole)], .said("user", "b"),
            ],
        ])
        #expect(next.status == 200)
    }

    @Test(arguments: MessagesCall.both)
    func noThinkingBetweenCallsWithoutBeta(call: MessagesCall) {
        var call = call
        call.model = "anthropic.claude-sonnet-4-20250514-v1:0"
        let body: JSON = [
            "thinking": .budget, "tools": .customTools("look"),
            "messages": [
                .said("user", "go"), .said("assistant", .thought("hm"), .call("a")), .said("user", .result("a")),
            ],
        ]
        #expect(call.send(body).blocks.map { $0["type"] } == ["text"])
        call.headers = [SandboxHeader("anthropic-beta", "interleaved-thinking-2025-05-14")]
        #expect(call.send(body).blocks.map { $0["type"] } == ["thinking", "text"])
    }

    @Test(arguments: MessagesCall.both)
    func thinkingThatIsNotShown(call: MessagesCall) throws {
        let hidden: JSON = ["type": "enabled", "budget_tokens": 1024, "display": "omitted"]
        let block = try #require(call.send("hi", ["thinking": hidden]).blocks.first)
        #expect(block["thinking"] == "")
        #expect(block["signature"]?.stringValue?.isEmpty == false)
        let next = call.send([
            "thinking": .budget,
            "messages": [
                .said("user", "a"), .said("assistant", block, .textBlock("b")), .said("user", "c"),
            ],
        ])
        #expect(next.status == 200)
    }

    @Test(arguments: MessagesCall.both)
    func cutWithinThinkingThereIsNoSignature(call: MessagesCall) throws {
        let events = try call.send("reasoning:30 hi", stream: true, ["max_tokens": 10]).messageEvents()
        #expect(!events.contains { $0["delta"]?["type"] == "signature_delta" })
        #expect(events[events.count - 2]["delta"]?["stop_reason"] == "max_tokens")
    }
}

struct MessagesCacheTests {
    @Test(arguments: MessagesCall.both)
    func firstWritesThenReads(call: MessagesCall) throws {
        let body: JSON = [
            "system": [.textBlock("be brief", mark: .longMark)],
            "messages": [.said("user", .textBlock("a long question", mark: .shortMark)), .said("assistant", "x")],
        ]
        let first = try call.send(body).json()["usage"]
        #expect(first?["cache_creation_input_tokens"] == 6)
        #expect(first?["cache_creation"] == ["ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 2])
        #expect(first?["input_tokens"] == 1)
        let events = try call.send(body, stream: true).messageEvents()
        #expect(events.first?["message"]?["usage"]?["cache_read_input_tokens"] == 6)
        #expect(events.dropLast().last?["usage"]?["cache_read_input_tokens"] == 6)
    }

    /// A mark is no part of what is cached: it may move on with the conversation.
    @Test(arguments: MessagesCall.both)
    func marksMove(call: MessagesCall) throws {
        _ = call.send(["messages": [.said("user", .textBlock("one", mark: .shortMark))]])
        let usage = try call.send([
            "messages": [
                .said("user", .textBlock("one")), .said("assistant", "yes"),
                .said("user", .textBlock("two", mark: .shortMark)),
            ],
            "tools": [],
        ]).json()["usage"]
        #expect(usage?["cache_creation_input_tokens"] == 3)
        #expect(usage?["cache_read_input_tokens"] == 0)
        let again = try call.send([
            "messages": [
                .said("user", .textBlock("one", mark: .shortMark)), .said("assistant", "no"), .said("user", "two"),
            ]
        ]).json()["usage"]
        #expect(again?["cache_read_input_tokens"] == 1)
    }

    @Test(arguments: MessagesCall.both)
    func markOfTheWholeRequest(call: MessagesCall) throws {
        let body: JSON = ["messages": [.said("user", "one two")], "cache_control": .shortMark]
        #expect(try call.send(body).json()["usage"]?["cache_creation_input_tokens"] == 2)
        #expect(try call.send(body).json()["usage"]?["cache_read_input_tokens"] == 2)
    }
}
