import JSON
import Testing

@testable import AWS
@testable import Adapters
@testable import Bedrock
@testable import DIAL

/// Answers that are errors, or break off.
struct ClaudeAnswerErrorTests {
    @Test func anAnswerThatJustEndsIsAnError() async throws {
        let answer = try await Claude.stream([Claude.start] + Claude.text("x") + [Claude.ended("end_turn")])
        #expect(answer.status == 200)
        #expect(answer.failure?["code"] == "502")
        #expect(answer.finishReason == nil)
        let empty = try await Claude.stream([])
        #expect(empty.status == 502)
    }

    @Test func nothingMayComeBeforeTheStart() async throws {
        let answer = try await Claude.stream(Claude.text("x"))
        #expect(answer.status == 500)
        #expect(answer.failure?["type"] == "internal_server_error")
    }

    @Test(arguments: [
        ("invalid_request_error", 400), ("authentication_error", 401), ("billing_error", 402),
        ("permission_error", 403),
        ("not_found_error", 404), ("request_too_large", 413), ("rate_limit_error", 429), ("api_error", 500),
        ("timeout_error", 504), ("overloaded_error", 529), ("other", 500),
    ])
    func errorEventsHaveAStatus(_ type: String, _ status: Int) async throws {
        for upstream in [UpstreamKind.bedrock, .anthropic] {
            let event: JSON = ["type": "error", "error": ["type": .string(type), "message": "m"]]
            let answer = try await Claude.stream([Claude.start, event], upstream: upstream)
            #expect(answer.status == status)
            #expect(answer.failure?["message"] == "m")
            #expect(answer.failure?["code"]?.stringValue == String(status))
        }
    }

    @Test(arguments: [
        ("validationException", 400), ("ModelTimeoutException", 408), ("modelStreamErrorException", 424),
        ("throttlingException", 429), ("internalServerException", 500), ("serviceUnavailableException", 503),
        ("other", 500),
    ])
    func exceptionsHaveAStatus(_ name: String, _ status: Int) async throws {
        let answer = try await Claude.stream([["$exception": .string(name), "message": "m"]])
        #expect(answer.status == status)
        #expect(answer.failure?["message"] == "m")
    }

    @Test func theNameMakesAnError() async throws {
        let data = Array(#"{"type": "overloaded_error", "message": "busy"}"#.utf8)
        let prepared = try await Claude.prepare(["messages": Claude.hi, "stream": true], Claude.sonnet35, .anthropic)
        let events = [try Claude.event(Claude.start, .anthropic), .serverSent(event: "error", data: data)]
        let answer = prepared.answer(to: events, stream: true)
        #expect(answer.status == 500)
        #expect(answer.failure?["message"] == "busy")
    }

    @Test func anErrorEventThatIsNotJSONKeepsItsText() async throws {
        let prepared = try await Claude.prepare(["messages": Claude.hi, "stream": true], Claude.sonnet35, .anthropic)
        let event = UpstreamEvent.serverSent(event: "error", data: Array("boom".utf8))
        let answer = prepared.answer(to: [try Claude.event(Claude.start, .anthropic), event], stream: true)
        #expect(answer.status == 500 && answer.failure?["message"] == "boom")
    }

    @Test(arguments: ["{", "[]", #"{"bytes":"!!!!"}"#, #"{"bytes":""}"#, #"{"bytes":"e30"}"#])
    func aBrokenChunkIsAnErrorNotACrash(_ payload: String) async throws {
        let prepared = try await Claude.prepare(["messages": Claude.hi, "stream": true])
        var decoder = EventStreamDecoder()
        decoder.append(
            EventStreamEncoder.encode(
                headers: [(":message-type", "event"), (":event-type", "chunk")],
                payload: Array(payload.utf8)
            )
        )
        let message = try #require(try decoder.next())
        let answer = prepared.answer(to: [.message(message)], stream: true)
        #expect(answer.status == 500)
    }

    @Test func aCallWithoutArgumentsIsCompletedBeforeAnError() async throws {
        let use: JSON = [
            "type": "content_block_start", "index": 0,
            "content_block": ["type": "tool_use", "id": "t", "name": "f", "input": [:]],
        ]
        let error: JSON = ["type": "error", "error": ["type": "overloaded_error", "message": "m"]]
        let answer = try await Claude.stream([Claude.start, use, error], ["tools": Claude.oneTool])
        let arguments = answer.pieces.compactMap { $0["tool_calls"]?[0]?["function"]?["arguments"]?.stringValue }
        #expect(arguments == ["", "{}"])
        #expect(answer.failure?["code"] == "529")
    }

    static let strays: [[JSON]] = [
        [["type": "content_block_delta", "index": 0, "delta": ["type": "text_delta", "text": "x"]]],
        [["type": "content_block_delta", "delta": ["type": "text_delta", "text": "x"]]],
        Claude.text("a") + [
            ["type": "content_block_delta", "index": 1, "delta": ["type": "text_delta", "text": "x"]]
        ],
        Claude.text("a") + [["type": "content_block_delta", "index": 0, "delta": nil]],
        [["type": "content_block_start", "index": 0]],
    ]

    /// Else a call could go out without its arguments.
    @Test(arguments: strays)
    func whatBelongsToNoBlockIsAnError(_ events: [JSON]) async throws {
        for upstream in [UpstreamKind.bedrock, .anthropic] {
            let answer = try await Claude.stream(
                [Claude.start] + events + [Claude.ended("end_turn"), Claude.stop],
                upstream: upstream
            )
            #expect(answer.failure?["code"] == "500")
            #expect(answer.finishReason == nil)
        }
    }

    @Test func aGuardrailOfTheAccountIsAnError() async throws {
        let whole = try await Claude.whole(
            [
                "content": [["type": "text", "text": "Blocked"]], "stop_reason": "end_turn",
                "amazon-bedrock-guardrailAction": "INTERVENED",
            ])
        #expect(whole.status == 400 && whole.failure?["code"] == "content_filter")
        #expect(whole.failure?["message"] == "Blocked")
        var stop = try #require(Claude.stop.objectValue)
        stop["amazon-bedrock-guardrailAction"] = "INTERVENED"
        let stream = try await Claude.stream(
            [Claude.start] + Claude.text("x") + [Claude.ended("end_turn"), .object(stop)]
        )
        #expect(stream.failure?["code"] == "content_filter")
        #expect(stream.finishReason == "content_filter")
    }

    /// The client would wait for the stage's end.
    @Test func aGuardrailClosesWhatIsOpen() async throws {
        var ended = try #require(Claude.ended("end_turn").objectValue)
        ended["amazon-bedrock-guardrailAction"] = "INTERVENED"
        let stream = try await Claude.stream(
            [
                Claude.start,
                ["type": "content_block_start", "index": 0, "content_block": ["type": "thinking", "thinking": ""]],
                ["type": "content_block_delta", "index": 0, "delta": ["type": "thinking_delta", "thinking": "Hm"]],
                .object(ended),
            ]
        )
        let stages = stream.pieces.compactMap { $0["custom_content"]?["stages"]?[0] }
        #expect(stages.last?["status"] == "completed")
        let last = stream.events?.last { $0["choices"] != nil }
        #expect(last?["choices"]?[0]?["finish_reason"] == "content_filter" && last?["usage"]?["prompt_tokens"] == 3)
    }
}
