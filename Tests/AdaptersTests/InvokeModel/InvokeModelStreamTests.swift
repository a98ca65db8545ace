import JSON
import Testing

@testable import Adapters

/// What the text models make of streams that are not as they should be.
@Suite("Streams of InvokeModel") struct InvokeModelStreamTests {
    private static let request: JSON = ["messages": [TextModels.user("hi")], "stream": true]
    private static let metrics: JSON = ["inputTokenCount": 1, "outputTokenCount": 1]

    private func answer(_ chunks: [JSON], _ model: String) async throws -> JSON {
        try await TextModels.answer(chunks, Self.request, model)
    }

    private static let text: [(String, JSON)] = [
        (TextModels.claude2, ["completion": " Hello there", "stop_reason": nil]),
        (TextModels.titan, ["outputText": " Hello there", "completionReason": nil]),
    ]

    @Test(arguments: text) func endsWithoutItsLastChunk(model: String, chunk: JSON) async throws {
        let answer = try await answer([chunk], model)
        #expect(answer["error"]?["message"] == "The response stream ended before the message was complete")
    }

    @Test(arguments: [TextModels.claude2, TextModels.titan, TextModels.command])
    func endsBeforeItsFirstChunk(model: String) async throws {
        let answer = try await answer([], model)
        #expect(answer["error"]?["message"] == "The response stream ended before the message was complete")
    }

    @Test(arguments: text) func metricsEndItToo(model: String, chunk: JSON) async throws {
        var last = try #require(chunk.objectValue)
        last["amazon-bedrock-invocationMetrics"] = Self.metrics
        let answer = try await answer([.object(last)], model)
        #expect(answer["choices"]?[0]?["message"]?["content"]?.stringValue == "Hello there")
        #expect(answer["choices"]?[0]?["finish_reason"] == "stop")
    }

    /// For another upstream to try.
    @Test(arguments: text) func nothingAtAllIsTheUpstreamsFault(model: String, chunk: JSON) async throws {
        let answer = try await answer([], model)
        #expect(answer["error"]?["code"] == "502")
    }

    /// A chunk of Command is a whole answer.
    @Test func commandNeedsNoReason() async throws {
        let answer = try await answer(
            [["id": "a", "generations": [["id": "g", "text": "Hello"]]]],
            TextModels.command
        )
        #expect(answer["choices"]?[0]?["message"]?["content"] == "Hello")
    }

    @Test(arguments: text) func aGuardrailOfTheAccountIsAnError(model: String, chunk: JSON) async throws {
        var last = try #require(chunk.objectValue)
        last["amazon-bedrock-guardrailAction"] = "INTERVENED"
        let answer = try await answer([chunk, .object(last)], model)
        #expect(answer["usage"]?["completion_tokens"] != nil)
        #expect(answer["error"]?["code"] == "content_filter")
        #expect(answer["choices"]?[0]?["finish_reason"] == "content_filter")
    }

    private static let blocked: [(String, JSON)] = [
        (TextModels.claude2, ["completion": "Blocked", "stop_reason": "stop_sequence"]),
        (TextModels.titan, ["results": [["outputText": "Blocked", "completionReason": "FINISH"]]]),
        (TextModels.command, ["generations": [["text": "Blocked", "finish_reason": "COMPLETE"]]]),
    ]

    @Test(arguments: blocked)
    func aGuardrailSaysIt(model: String, answer: JSON) async throws {
        var body = try #require(answer.objectValue)
        body["amazon-bedrock-guardrailAction"] = "INTERVENED"
        let request: JSON = ["messages": [TextModels.user("hi")]]
        let error = try await TextModels.answer([.object(body)], request, model)["error"]
        #expect(error?["code"] == "content_filter" && error?["message"] == "Blocked")
    }

    @Test func unknownChunksAreSkipped() async throws {
        let answer = try await answer(
            [
                ["completion": "a", "stop_reason": nil], ["type": "hologram", "volume": 3],
                ["completion": "b", "stop_reason": "stop_sequence"],
            ],
            TextModels.claude2
        )
        #expect(answer["choices"]?[0]?["message"]?["content"] == "ab")
    }
}
