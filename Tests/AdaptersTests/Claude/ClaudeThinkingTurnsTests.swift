import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import DIAL

/// Thinking with tools over several turns: what the model wrote comes back to it unchanged.
struct ClaudeThinkingTurnsTests {
    @Test(arguments: [UpstreamKind.bedrock, .anthropic], [true, false])
    func fiveTurnsKeepEveryBlock(_ upstream: UpstreamKind, stream: Bool) async throws {
        var history: [JSON] = [["role": "user", "content": "How long is a year on each planet?"]]
        var written: [JSON] = []
        for turn in 1...5 {
            let request: JSON = [
                "messages": .array(history), "stream": .bool(stream), "max_tokens": 4000, "tools": Claude.oneTool,
                "custom_fields": ["configuration": ["thinking": ["type": "enabled", "budget_tokens": 2000]]],
            ]
            let prepared = try await Claude.prepare(request, Claude.sonnet4, upstream)
            let body = try JSON(parsing: prepared.call.body)
            let assistants = (body["messages"]?.arrayValue ?? []).filter { $0["role"] == "assistant" }
            #expect(JSONMatch.difference(.array(written), .array(assistants.compactMap { $0["content"] })) == nil)
            #expect(body["thinking"]?["budget_tokens"] == 2000)

            let blocks = Self.blocks(turn)
            written.append(blocks)
            let events =
                try stream
                ? Self.events(turn).map { try Claude.event($0, upstream) }
                : [.whole(body: JSON.object(["content": blocks, "stop_reason": "tool_use"]).serialized(), headers: [])]
            let answer = prepared.answer(to: events, stream: stream)
            #expect(answer.finishReason == "tool_calls")
            let state =
                answer.body?["choices"]?[0]?["message"]?["custom_content"]?["state"]
                ?? answer.pieces.compactMap { $0["custom_content"]?["state"] }.first
            history.append([
                "role": "assistant", "content": nil, "custom_content": ["state": try #require(state)],
                "tool_calls": [
                    [
                        "id": .string("t\(turn)"), "type": "function",
                        "function": ["name": "get_time", "arguments": "{}"],
                    ]
                ],
            ])
            history.append(["role": "tool", "tool_call_id": .string("t\(turn)"), "content": "result \(turn)"])
        }
    }

    private static func blocks(_ turn: Int) -> JSON {
        [
            ["type": "thinking", "thinking": .string("Thought \(turn) — ü"), "signature": .string("S\(turn)+/==")],
            ["type": "redacted_thinking", "data": .string("D\(turn)/+==")],
            [
                "type": "tool_use", "id": .string("t\(turn)"), "name": "get_time",
                "input": ["planet": JSON(turn), "at": nil],
            ],
        ]
    }

    private static func events(_ turn: Int) -> [JSON] {
        func start(_ index: Int, _ block: JSON) -> JSON {
            ["type": "content_block_start", "index": JSON(index), "content_block": block]
        }
        func delta(_ index: Int, _ delta: JSON) -> JSON {
            ["type": "content_block_delta", "index": JSON(index), "delta": delta]
        }
        return [
            Claude.start,
            start(0, ["type": "thinking", "thinking": "", "signature": ""]),
            delta(0, ["type": "thinking_delta", "thinking": "Thought "]),
            delta(0, ["type": "thinking_delta", "thinking": .string("\(turn) — ü")]),
            delta(0, ["type": "signature_delta", "signature": .string("S\(turn)+/==")]),
            ["type": "content_block_stop", "index": 0],
            start(1, ["type": "redacted_thinking", "data": .string("D\(turn)/+==")]),
            start(2, ["type": "tool_use", "id": .string("t\(turn)"), "name": "get_time", "input": [:]]),
            delta(2, ["type": "input_json_delta", "partial_json": ""]),
            delta(2, ["type": "input_json_delta", "partial_json": .string("{\"planet\": \(turn), \"a")]),
            delta(2, ["type": "input_json_delta", "partial_json": "t\": null}"]),
            Claude.ended("tool_use"), Claude.stop,
        ]
    }
}
