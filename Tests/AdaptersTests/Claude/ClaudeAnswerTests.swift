import JSON
import Testing

@testable import AWS
@testable import Adapters
@testable import Bedrock
@testable import DIAL

/// Rules of the answer that the recorded cases do not show.
struct ClaudeAnswerTests {
    @Test(
        arguments: [
            ("end_turn", "stop"), ("stop_sequence", "stop"), (nil, "stop"), ("refusal", "stop"), ("pause_turn", "stop"),
            ("max_tokens", "length"), ("model_context_window_exceeded", "length"), ("of_the_future", "stop"),
        ] as [(String?, String)]
    )
    func everyStopReasonHasAFinishReason(_ stopReason: String?, _ finishReason: String) async throws {
        let reason = stopReason.map(JSON.string) ?? .null
        let stream = try await Claude.stream([Claude.start] + Claude.text("x") + [Claude.ended(reason), Claude.stop])
        #expect(stream.finishReason == finishReason)
        let whole = try await Claude.whole(["content": [["type": "text", "text": "x"]], "stop_reason": reason])
        #expect(whole.finishReason == finishReason)
    }

    @Test func whatComesBehindTheEndIsNotHeard() async throws {
        let late: JSON = ["type": "error", "error": ["type": "overloaded_error", "message": "late"]]
        for upstream in [UpstreamKind.bedrock, .anthropic] {
            let events = [Claude.start] + Claude.text("x") + [Claude.ended("end_turn"), Claude.stop, late]
            let answer = try await Claude.stream(events, upstream: upstream)
            #expect(answer.finishReason == "stop" && answer.failure == nil)
        }
    }

    @Test func omittedThinkingIsNoOutput() async throws {
        let thinking: JSON = ["type": "thinking", "thinking": "", "signature": "S"]
        let text: JSON = ["type": "text", "text": "x"]
        let answer = try await Claude.whole(["content": [thinking, text], "stop_reason": "end_turn"])
        let message = try #require(answer.message)
        #expect(message["content"] == "x")
        #expect(message["reasoning_content"] == nil && message["custom_content"]?["stages"] == nil)
    }

    /// What a block cites is told with its end, and that comes once.
    @Test func aBlockEndsOnce() async throws {
        let citation: JSON = ["type": "char_location", "cited_text": "c", "document_index": 0]
        let cited: JSON = [
            "type": "content_block_delta", "index": 0, "delta": ["type": "citations_delta", "citation": citation],
        ]
        let text = Claude.text("x")
        let answer = try await Claude.stream(
            [Claude.start] + text.dropLast() + [cited] + Array(repeating: text[text.count - 1], count: 3)
                + [Claude.ended("end_turn"), Claude.stop],
            ["custom_fields": ["configuration": ["enable_citations": true]]]
        )
        let once = try await Claude.stream(
            [Claude.start] + text.dropLast() + [cited, text[text.count - 1], Claude.ended("end_turn"), Claude.stop],
            ["custom_fields": ["configuration": ["enable_citations": true]]]
        )
        #expect(answer.deltas == once.deltas && answer.finishReason == "stop")
        #expect(once.deltas.contains { $0["content"]?.stringValue?.contains("[1]") == true })
    }

    static let skipped: [(name: String?, data: String, isAfterTheEnd: Bool)] = [
        ("foo", "not json", false), ("ping", "", false), ("ping", "{}", false), (nil, "[DONE]", true),
        ("foo", "zz", true),
        ("message_delta", "zz", true),
    ]

    @Test(arguments: skipped)
    func otherServerSentEventsAreSkippedUnread(_ name: String?, _ data: String, _ isAfterTheEnd: Bool) async throws {
        let prepared = try await Claude.prepare(["messages": Claude.hi, "stream": true], Claude.sonnet35, .anthropic)
        var events = try ([Claude.start] + Claude.text("x") + [Claude.ended("end_turn"), Claude.stop]).map {
            try Claude.event($0, .anthropic)
        }
        events.insert(.serverSent(event: name, data: Array(data.utf8)), at: isAfterTheEnd ? events.count : 1)
        let answer = prepared.answer(to: events, stream: true)
        #expect(answer.finishReason == "stop" && answer.failure == nil)
    }

    @Test func thinkingHasItsStageFromTheFirstPieceOn() async throws {
        let thinking: [JSON] = [
            ["type": "content_block_start", "index": 0, "content_block": ["type": "thinking", "thinking": ""]],
            ["type": "content_block_delta", "index": 0, "delta": ["type": "thinking_delta", "thinking": ""]],
            ["type": "content_block_stop", "index": 0],
        ]
        let stream = try await Claude.stream(
            [Claude.start] + thinking + Claude.text("x", index: 1) + [Claude.ended("end_turn"), Claude.stop],
            [:],
            Claude.sonnet4
        )
        let stages = stream.pieces.compactMap { $0["custom_content"]?["stages"]?[0] }
        #expect(stages.map { $0["name"] } == ["Thinking", nil, nil])
        #expect(stages.map { $0["content"] } == [nil, "", nil])
        #expect(stages.last?["status"] == "completed")
    }

    @Test func theEventNameStandsInForAMissingType() async throws {
        let prepared = try await Claude.prepare(["messages": Claude.hi, "stream": true], Claude.sonnet35, .anthropic)
        let events: [(String, String)] = [
            ("message_start", #"{"message":{"usage":{"input_tokens":1,"output_tokens":0}}}"#),
            ("content_block_start", #"{"index":0,"content_block":{"type":"text","text":""}}"#),
            ("content_block_delta", #"{"index":0,"delta":{"type":"text_delta","text":"x"}}"#),
            ("message_stop", "{}"),
        ]
        let answer = prepared.answer(
            to: events.map { .serverSent(event: $0.0, data: Array($0.1.utf8)) },
            stream: true
        )
        #expect(answer.pieces.contains(["content": "x"]))
        #expect(answer.finishReason == "stop")
    }

    @Test func callsAreNumberedByThemselves() async throws {
        func use(_ index: Int) -> [JSON] {
            [
                [
                    "type": "content_block_start", "index": JSON(index),
                    "content_block": ["type": "tool_use", "id": .string("t\(index)"), "name": "f", "input": [:]],
                ],
                [
                    "type": "content_block_delta", "index": JSON(index),
                    "delta": ["type": "input_json_delta", "partial_json": "{}"],
                ],
            ]
        }
        let answer = try await Claude.stream(
            [Claude.start] + Claude.text("x") + use(1) + use(3) + [Claude.ended("tool_use"), Claude.stop],
            ["tools": Claude.oneTool]
        )
        let indices = answer.pieces.compactMap { $0["tool_calls"]?[0]?["index"]?.intValue }
        #expect(indices == [0, 0, 1, 1])
        #expect(answer.finishReason == "tool_calls")
    }

    /// The text of a block comes in its deltas; what it begins with belongs to the state alone.
    @Test func theStartOfABlockIsNoOutput() async throws {
        var events = Claude.text(" w")
        events[0] = ["type": "content_block_start", "index": 0, "content_block": ["type": "text", "text": "Hello"]]
        let answer = try await Claude.stream(
            [Claude.start] + events + [Claude.ended("end_turn"), Claude.stop],
            [:],
            Claude.sonnet4
        )
        #expect(answer.pieces.compactMap { $0["content"]?.stringValue }.joined() == " w")
        let state = answer.pieces.compactMap { $0["custom_content"]?["state"]?["claude_message_content"] }
        #expect(state == [[["type": "text", "text": "Hello w"]]])
    }

    @Test func piecesOfAnotherKindAreNothing() async throws {
        func block(_ index: Int, _ block: JSON, _ delta: JSON) -> [JSON] {
            [
                ["type": "content_block_start", "index": JSON(index), "content_block": block],
                ["type": "content_block_delta", "index": JSON(index), "delta": delta],
                ["type": "content_block_stop", "index": JSON(index)],
            ]
        }
        let text: JSON = ["type": "text_delta", "text": "X"]
        let events =
            block(0, ["type": "hologram"], text) + block(1, ["type": "redacted_thinking", "data": "d"], text)
            + block(2, ["type": "text", "text": ""], ["type": "signature_delta", "signature": "s"])
            + block(
                3,
                ["type": "compaction", "content": nil],
                ["type": "compaction_delta", "content": "sum", "encrypted_content": "E"]
            )
            + Claude.text("a", index: 4)
        let answer = try await Claude.stream(
            [Claude.start] + events + [Claude.ended("end_turn"), Claude.stop],
            [:],
            Claude.sonnet4
        )
        #expect(answer.pieces.compactMap { $0["content"]?.stringValue }.joined() == "a")
        let state = answer.pieces.compactMap { $0["custom_content"]?["state"]?["claude_message_content"] }
        #expect(
            state == [
                [
                    ["type": "hologram"], ["type": "redacted_thinking", "data": "d"], ["type": "text", "text": ""],
                    ["type": "compaction", "content": "sum", "encrypted_content": "E"], ["type": "text", "text": "a"],
                ]
            ]
        )
    }

    @Test func aServerToolThatNobodyDeclaredGivesNoEmptyState() async throws {
        let block: JSON = ["type": "server_tool_use", "id": "s", "name": "web_search", "input": [:]]
        let start: JSON = ["type": "content_block_start", "index": 0, "content_block": block]
        let answer = try await Claude.stream([Claude.start, start, Claude.ended("end_turn"), Claude.stop])
        #expect(!answer.pieces.contains { $0["custom_content"]?["state"] != nil })
    }

    @Test func nullsOfCitationsAndResultsAreNotInTheState() async throws {
        let citation: JSON = ["type": "char_location", "cited_text": "c", "document_index": 0, "file_id": nil]
        let result: JSON = ["type": "web_search_result", "url": "u", "title": "t", "page_age": nil]
        let content: [JSON] = [
            ["type": "web_search_tool_result", "tool_use_id": "s", "content": [result], "caller": nil],
            ["type": "text", "text": "x", "citations": [citation], "extra": ["a": nil]],
            ["type": "tool_use", "id": "t", "name": "get_time", "input": ["a": nil]],
        ]
        let kept: JSON = [
            [
                "type": "web_search_tool_result", "tool_use_id": "s",
                "content": [["type": "web_search_result", "url": "u", "title": "t"]],
            ],
            [
                "type": "text", "text": "x",
                "citations": [["type": "char_location", "cited_text": "c", "document_index": 0]], "extra": ["a": nil],
            ],
            ["type": "tool_use", "id": "t", "name": "get_time", "input": ["a": nil]],
        ]
        // A search result alone is enough for a state on models that do not think.
        let whole = try await Claude.whole(["content": .array(content)], ["tools": Claude.oneTool])
        let message = whole.body?["choices"]?[0]?["message"]
        #expect(message?["custom_content"]?["state"]?["claude_message_content"] == kept)

        var events: [JSON] = [Claude.start]
        for (index, block) in content.dropLast().enumerated() {
            events.append(["type": "content_block_start", "index": JSON(index), "content_block": block])
            events.append(["type": "content_block_stop", "index": JSON(index)])
        }
        let tool: JSON = [
            "type": "static_function",
            "static_function": ["name": "web_search", "configuration": ["type": "web_search_20250305"]],
        ]
        let stream = try await Claude.stream(events + [Claude.ended("end_turn"), Claude.stop], ["tools": [tool]])
        let state = stream.pieces.compactMap { $0["custom_content"]?["state"]?["claude_message_content"] }
        #expect(state == [.array(Array(kept.arrayValue?.dropLast() ?? []))])
    }

    @Test func usageAddsUpTheCache() async throws {
        let answer = try await Claude.whole([
            "content": [["type": "text", "text": "x"]],
            "usage": [
                "input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": nil,
                "cache_read_input_tokens": 30,
                "output_tokens_details": ["thinking_tokens": 7],
            ],
        ])
        #expect(
            answer.body?["usage"] == [
                "prompt_tokens": 31, "completion_tokens": 2, "total_tokens": 33,
                "prompt_tokens_details": ["cached_tokens": 30, "cache_write_tokens": 0],
                "completion_tokens_details": ["reasoning_tokens": 7],
            ]
        )
    }

    @Test func aFailedSearchSaysSo() async throws {
        let tool: JSON = [
            "type": "static_function",
            "static_function": [
                "name": "web_search", "configuration": ["type": "web_search_20250305"],
            ],
        ]
        let answer = try await Claude.whole(
            [
                "content": [
                    ["type": "server_tool_use", "id": "s", "name": "web_search", "input": ["query": "q"]],
                    [
                        "type": "web_search_tool_result", "tool_use_id": "s",
                        "content": ["type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"],
                    ],
                ]
            ],
            ["tools": [tool]]
        )
        let custom = answer.body?["choices"]?[0]?["message"]?["custom_content"]
        #expect(custom?["stages"]?[0]?["content"] == "qWeb search failed: max_uses_exceeded")
        #expect(custom?["state"]?["claude_message_content"]?.arrayValue?.count == 2)
    }
}
