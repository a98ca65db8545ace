import AWS
import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import DIAL

@Suite("Converse: answers")
struct ConverseAnswerTests {
    static func delta(_ index: Int, _ delta: JSON) -> (String, JSON) {
        ("contentBlockDelta", ["contentBlockIndex": JSON(index), "delta": delta, "p": "abcd"])
    }
    static func stop(_ index: Int) -> (String, JSON) { ("contentBlockStop", ["contentBlockIndex": JSON(index)]) }
    static func call(_ index: Int, _ id: String, _ name: String) -> (String, JSON) {
        let start: JSON = ["toolUse": ["toolUseId": .string(id), "name": .string(name)]]
        return ("contentBlockStart", ["contentBlockIndex": JSON(index), "start": start])
    }
    static func end(_ reason: String) -> (String, JSON) { ("messageStop", ["stopReason": .string(reason)]) }
    static let usage: (String, JSON) = (
        "metadata", ["usage": ["inputTokens": 10, "outputTokens": 2, "totalTokens": 99]]
    )
    static let start: (String, JSON) = ("messageStart", ["role": "assistant"])
    static let tools: JSON = [
        "messages": [["role": "user", "content": "x"]],
        "tools": [
            ["type": "function", "function": ["name": "f"]], ["type": "function", "function": ["name": "g-h"]],
        ],
    ]

    @Test(arguments: [
        ("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("content_filtered", "content_filter"), ("tool_use", "stop"), ("something_new", "stop"),
    ])
    func stopReasons(_ reason: String, _ finish: String) async throws {
        let answer = try await Converse.stream([
            Self.start, Self.delta(0, ["text": "a"]), Self.stop(0), Self.end(reason), Self.usage,
        ])
        #expect(answer.deltas == [["role": "assistant"], ["content": "a"], ["finish": .string(finish)], "[DONE]"])
        let block = try await Converse.block([
            "output": ["message": ["role": "assistant", "content": [["text": "a"]]]], "stopReason": .string(reason),
        ])
        #expect(block.finishReason == finish)
    }

    @Test(arguments: ["malformed_model_output", "malformed_tool_use"])
    func malformedOutput(_ reason: String) async throws {
        let error = DIALError(
            status: 500,
            message: "Unsupported converse stop reason: \(reason)",
            type: "runtime_error"
        ).json
        let block = try await Converse.block(["output": ["message": ["content": []]], "stopReason": .string(reason)])
        #expect(block.status == 500)
        #expect(block.body == error)
        let early = try await Converse.stream([Self.start, Self.end(reason)])
        #expect(early.status == 500)
        let late = try await Converse.stream([Self.delta(0, ["text": "a"]), Self.end(reason), Self.usage])
        #expect(late.deltas.suffix(2) == [error, "[DONE]"])
    }

    /// The end of a block may be missing; the call must not be.
    @Test func callsEndWithTheMessage() async throws {
        let answer = try await Converse.stream(
            [
                Self.start, Self.call(0, "a", "f"), Self.delta(0, ["toolUse": ["input": #"{"x":1}"#]]),
                Self.end("tool_use"), Self.usage,
            ],
            Self.tools
        )
        let call: JSON = [
            "index": 0, "id": "a", "type": "function", "function": ["name": "f", "arguments": #"{"x":1}"#],
        ]
        #expect(
            answer.deltas == [
                ["role": "assistant"], ["content": nil, "tool_calls": [call]], ["finish": "tool_calls"], "[DONE]",
            ]
        )
    }

    @Test func aBlockedCallIsNotHandedOut() async throws {
        let answer = try await Converse.stream(
            [
                Self.start, Self.call(0, "a", "f"), Self.delta(0, ["toolUse": ["input": "{}"]]),
                Self.end("guardrail_intervened"), Self.usage,
            ],
            Self.tools
        )
        #expect(!answer.deltas.contains { $0["tool_calls"] != nil })
    }

    @Test func callsHaveDenseIndices() async throws {
        let answer = try await Converse.stream(
            [
                Self.start, Self.delta(0, ["text": "Let me "]), Self.delta(0, ["text": ""]), Self.stop(0),
                Self.call(3, "a", "f"),
                Self.call(5, "b", "g_h"), Self.delta(5, ["toolUse": ["input": #"{"x":"#]]),
                Self.delta(3, ["toolUse": ["input": ""]]),
                Self.delta(5, ["toolUse": ["input": "1}"]]), Self.stop(3), Self.stop(5), Self.delta(6, ["text": "!"]),
                Self.stop(6),
                Self.end("tool_use"), Self.usage,
            ],
            Self.tools
        )
        #expect(
            answer.deltas == [
                ["role": "assistant"], ["content": "Let me "],
                [
                    "content": nil,
                    "tool_calls": [
                        ["index": 0, "id": "a", "type": "function", "function": ["name": "f", "arguments": ""]]
                    ],
                ],
                [
                    "content": nil,
                    "tool_calls": [
                        [
                            "index": 1, "id": "b", "type": "function",
                            "function": ["name": "g-h", "arguments": #"{"x":1}"#],
                        ]
                    ],
                ],
                ["content": "!"],
                ["content": nil, "tool_calls": [["index": 0, "function": ["arguments": "{}"]]]],
                ["finish": "tool_calls"], "[DONE]",
            ]
        )
    }

    @Test func legacyFunctionCalls() async throws {
        let request: JSON = ["messages": [["role": "user", "content": "x"]], "functions": [["name": "f"]]]
        let answer = try await Converse.stream(
            [
                Self.call(0, "a", "f"), Self.stop(0), Self.call(1, "b", "f"),
                Self.delta(1, ["toolUse": ["input": "{}"]]),
                Self.stop(1), Self.end("tool_use"),
            ],
            request
        )
        #expect(
            answer.deltas == [
                ["role": "assistant"], ["content": nil, "function_call": ["name": "f", "arguments": ""]],
                ["content": nil, "function_call": ["arguments": "{}"]], ["finish": "function_call"], "[DONE]",
            ]
        )
    }

    @Test func callsNobodyAskedFor() async throws {
        let answer = try await Converse.stream([Self.call(0, "a", "f"), Self.stop(0), Self.end("tool_use")])
        #expect(answer.body == DIALError.internalServerError("Tool use received without tools mode").json)
    }

    @Test func aWholeCallHasArgumentsAlsoWhenTheStreamBreaksOff() async throws {
        let answer = try await Converse.stream([Self.call(0, "a", "f"), Self.stop(0)], Self.tools)
        let arguments = answer.deltas.compactMap { $0["tool_calls"]?[0]?["function"]?["arguments"]?.stringValue }
        #expect(arguments == ["", "{}"])
        #expect(answer.deltas.contains { $0["error"] != nil })
    }

    @Test func cutArgumentsArePassedOn() async throws {
        let answer = try await Converse.stream(
            [
                Self.call(0, "a", "f"), Self.delta(0, ["toolUse": ["input": #"{"x": "unfini"#]]), Self.stop(0),
                Self.end("max_tokens"),
            ],
            Self.tools
        )
        #expect(answer.deltas[1]["tool_calls"]?[0]?["function"]?["arguments"] == #"{"x": "unfini"#)
        #expect(answer.deltas[2] == ["finish": "length"])
    }

    @Test func reasoning() async throws {
        let answer = try await Converse.stream(
            [
                Self.start, Self.delta(0, ["reasoningContent": ["text": "Hm"]]),
                Self.delta(0, ["reasoningContent": ["signature": "s"]]),
                Self.delta(0, ["reasoningContent": ["redactedContent": "AA=="]]), Self.stop(0),
                Self.delta(1, ["text": "42"]),
                Self.stop(1), Self.end("end_turn"), Self.usage,
            ],
            ["messages": [["role": "user", "content": "x"]]],
            Converse.deepSeek
        )
        func stage(_ stage: JSON) -> JSON { ["custom_content": ["stages": [stage]]] }
        #expect(
            answer.deltas == [
                ["role": "assistant"], stage(["index": 0, "name": "Thinking", "status": nil]),
                stage(["index": 0, "content": "Hm", "status": nil]), ["reasoning_content": "Hm"], ["content": "42"],
                stage(["index": 0, "status": "completed"]), ["finish": "stop"], "[DONE]",
            ]
        )
        let block = try await Converse.block([
            "output": [
                "message": [
                    "content": [
                        ["reasoningContent": ["reasoningText": ["text": "H", "signature": "s"]]],
                        ["reasoningContent": ["reasoningText": ["text": "m"]]], ["citationsContent": [:]],
                        ["text": "4"], ["citationsContent": ["content": [["text": "2"]], "citations": []]],
                    ]
                ]
            ], "stopReason": "end_turn",
        ])
        #expect(block.message?["content"] == "42")
        #expect(block.message?["reasoning_content"] == "Hm")
        #expect(
            block.message?["custom_content"] == [
                "stages": [["name": "Thinking", "status": "completed", "content": "Hm"]]
            ]
        )
    }

    /// None is asked for.
    @Test func callsThatTheServiceRanAreItsOwn() async throws {
        let call: JSON = ["toolUseId": "s", "name": "nova_grounding", "type": "server_tool_use"]
        let stream = try await Converse.stream([
            ("contentBlockStart", ["contentBlockIndex": 0, "start": ["toolUse": call]]),
            Self.delta(0, ["toolUse": ["input": "{}"]]), Self.stop(0), Self.delta(1, ["text": "a"]),
            Self.end("end_turn"),
        ])
        #expect(stream.deltas == [["role": "assistant"], ["content": "a"], ["finish": "stop"], "[DONE]"])
        let block = try await Converse.block([
            "output": ["message": ["content": [["toolUse": call], ["text": "a"]]]], "stopReason": "end_turn",
        ])
        #expect(block.message?["content"] == "a" && block.message?["tool_calls"] == nil)
    }

    @Test func usageCountsTheCache() async throws {
        let metadata: JSON = [
            "usage": [
                "inputTokens": 10, "outputTokens": 2, "totalTokens": 99, "cacheReadInputTokens": 100,
                "cacheWriteInputTokens": 1000,
            ]
        ]
        let answer = try await Converse.stream([Self.end("end_turn"), ("metadata", metadata)])
        #expect(
            JSONMatch.difference(
                [
                    "prompt_tokens": 1110, "completion_tokens": 2, "total_tokens": 1112,
                    "prompt_tokens_details": ["cached_tokens": 100, "cache_write_tokens": 1000],
                    "completion_tokens_details": ["reasoning_tokens": 0],
                ],
                answer.events?[1]["usage"] ?? .null
            ) == nil
        )
        let none = try await Converse.stream([Self.end("end_turn")])
        #expect(none.events?[1]["usage"] == .null)
    }

    @Test func unknownThingsAreIgnored() async throws {
        let answer = try await Converse.stream([
            ("somethingNew", ["x": 1]), Self.delta(0, ["newDelta": ["text": "no"]]),
            Self.delta(0, ["citation": ["title": "t"]]),
            Self.delta(0, ["text": nil]),
            ("contentBlockStart", ["contentBlockIndex": 0, "start": ["image": ["format": "png"]]]),
            Self.delta(9, ["toolUse": ["input": "lost"]]), Self.stop(9), ("contentBlockDelta", [:]),
            Self.delta(0, ["text": "a"]), Self.end("end_turn"), Self.usage,
        ])
        #expect(answer.deltas == [["role": "assistant"], ["content": "a"], ["finish": "stop"], "[DONE]"])
    }

    @Test func streamsWithoutEndAreErrors() async throws {
        let error = DIALError.cutOffConverse(hasOutput: false).json
        #expect(try await Converse.stream([]).body == error)
        #expect(try await Converse.stream([Self.start]).body == error)
        let late = try await Converse.stream([Self.delta(0, ["text": "a"]), Self.usage])
        #expect(late.deltas.last == "[DONE]")
        #expect(late.deltas.contains(DIALError.cutOffConverse(hasOutput: true).json))
        // Tokens that are known are accounted for.
        #expect(late.events?.contains { $0["usage"]?["total_tokens"] == 12 } == true)
        #expect(late.deltas.contains { $0["finish"] != nil } == false)
    }

    @Test func guardrailsInStreams() async throws {
        let error: JSON = ["error": ["message": "Blocked.", "type": "invalid_request_error", "code": "content_filter"]]
        let answer = try await Converse.stream([
            Self.start, Self.delta(0, ["text": "Bloc"]), Self.delta(0, ["text": "ked."]), Self.stop(0),
            Self.end("guardrail_intervened"), Self.usage,
        ])
        #expect(
            answer.deltas == [
                ["role": "assistant"], ["content": "Bloc"], ["content": "ked."], ["finish": "content_filter"], error,
                "[DONE]",
            ]
        )
        #expect(answer.events?[3]["usage"]?["total_tokens"] == 12)
        let early = try await Converse.stream([Self.start, Self.end("guardrail_intervened"), Self.usage])
        #expect(early.status == 400)
        #expect(early.body?["error"]?["message"] == "The request was blocked by the guardrail")
    }

    /// The guardrail's words come behind whatever was said before.
    @Test func aGuardrailsWordsAreQuotedBehindLongTexts() async throws {
        let long = String(repeating: "x", count: 5000)
        let request: JSON = [
            "messages": [["role": "user", "content": "a"]], "stream": true,
            "custom_fields": [
                "configuration": ["guardrailConfig": ["guardrailIdentifier": "g", "guardrailVersion": "1"]]
            ],
        ]
        let answer = try await Converse.stream(
            [
                Self.start, Self.delta(0, ["text": .string(long)]), Self.delta(0, ["text": "Blocked."]), Self.stop(0),
                Self.end("guardrail_intervened"), Self.usage,
            ],
            request
        )
        #expect(answer.events?.dropLast().last?["error"]?["message"] == .string(long + "Blocked."))
    }

    @Test func aCallThatIsNullIsNone() async throws {
        let start: (String, JSON) = ("contentBlockStart", ["contentBlockIndex": 0, "start": ["toolUse": nil]])
        let events = [
            Self.start, start, Self.delta(0, ["text": "a"]), Self.stop(0), Self.end("end_turn"), Self.usage,
        ]
        let plain: [JSON] = [["role": "assistant"], ["content": "a"], ["finish": "stop"], "[DONE]"]
        #expect(try await Converse.stream(events).deltas == plain)
        #expect(try await Converse.stream(events, Self.tools).deltas == plain)
    }

    @Test func guardrailsInReplayedStreams() async throws {
        var request = Self.tools.objectValue ?? [:]
        request["stream"] = true
        let answer = try await Converse.block(
            ["output": ["message": ["content": [["text": "No."]]]], "stopReason": "guardrail_intervened"],
            .object(request),
            Converse.llama
        )
        #expect(answer.status == 400)
        #expect(answer.body?["error"]?["code"] == "content_filter")
        #expect(answer.body?["error"]?["message"] == "No.")
    }

    /// What is not JSON comes from something in between: another upstream may do better.
    @Test(arguments: [
        ("", 502), ("{", 502), ("<html>", 502), ("[]", 500), ("null", 500), (#"{"output":{}}"#, 500),
        (#"{"output":{"message":1}}"#, 500),
    ])
    func answersThatCannotBeUnderstood(_ body: String, _ status: Int) async throws {
        let prepared = try await Converse.prepare(["messages": [["role": "user", "content": "x"]]])
        let answer = prepared.answer(to: [.whole(body: Array(body.utf8), headers: [])], stream: false)
        #expect(answer.status == status)
        #expect(answer.body?["error"]?["type"] == (status == 500 ? "internal_server_error" : nil))
        #expect(prepared.answer(to: [], stream: false).status == 500)
    }

    @Test func brokenEvents() async throws {
        let prepared = try await Converse.prepare(["messages": [["role": "user", "content": "x"]], "stream": true])
        let frame = try Converse.frame(
            [(":message-type", "event"), (":event-type", "contentBlockDelta")],
            Array("{".utf8)
        )
        #expect(prepared.answer(to: [.message(frame)], stream: true).status == 500)
    }

    @Test func inputsThatAreNoObjects() async throws {
        let answer = try await Converse.block(
            [
                "output": [
                    "message": [
                        "content": [
                            ["toolUse": ["toolUseId": "a", "name": "f", "input": nil]],
                            ["toolUse": ["toolUseId": "b", "name": "f"]],
                            ["toolUse": ["toolUseId": "c", "name": "f", "input": ["é": [1.0, "x"]]]],
                        ]
                    ]
                ], "stopReason": "tool_use",
            ],
            Self.tools
        )
        let arguments = answer.message?["tool_calls"]?.arrayValue?.map { $0["function"]?["arguments"]?.stringValue }
        #expect(arguments == ["{}", "{}", #"{"\u00e9": [1.0, "x"]}"#])
        #expect(answer.message?["content"] == .null)
    }
}
