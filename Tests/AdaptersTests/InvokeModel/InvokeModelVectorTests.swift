import Foundation
import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import DIAL

@Suite("Vectors of InvokeModel") struct InvokeModelVectorTests {
    @Test func allVectorsAreThere() {
        #expect(InvokeModelVector.all.count == 144)
    }

    @Test(arguments: InvokeModelVector.all.filter { $0.json["compare"]?.stringValue != "none" })
    func vector(_ vector: InvokeModelVector) async throws {
        for seed in 1...3 {
            var replay = InvokeModelReplay(vector, seed: UInt64(seed))
            let answer = try await replay.run()
            try Self.compare(answer, vector)
            try Self.compare(replay.calls, vector)
        }
    }

    private static func compare(_ answer: ClientAnswer, _ vector: InvokeModelVector) throws {
        #expect(answer.status == vector.expectedStatus)
        if vector.comparesStatusOnly { return }
        let body = answer.events.map(MergedAnswer.block) ?? answer.body ?? .null
        if let events = answer.events {
            #expect(events.first?["choices"]?[0]?["delta"]?["role"] == "assistant")
            #expect(events.last == "[DONE]")
        }
        if let error = vector.expectedError {
            let expected = error["stream_error"] ?? error
            let actual = try #require(body["error"])
            let text = try #require(expected["message_contains"]?.stringValue)
            #expect(actual["message"]?.stringValue?.contains(text) == true)
            if let codes = expected["code_any_of"]?.arrayValue { #expect(codes.contains(actual["code"] ?? .null)) }
            if let content = error["content_before"]?.stringValue {
                #expect(body["choices"]?[0]?["message"]?["content"]?.stringValue == content)
            }
            return
        }
        let expected = try #require(vector.expectedBody)
        guard expected["choices"] != nil else {
            #expect(expected.isEquivalent(to: body), "\(body.serializedString())")
            return
        }
        let difference = JSONMatch.difference(
            MergedAnswer.normalized(expected, usage: vector.comparesUsage),
            MergedAnswer.normalized(body, usage: vector.comparesUsage)
        )
        #expect(difference == nil, "\(body.serializedString())")
    }

    private static func compare(_ calls: [UpstreamCall], _ vector: InvokeModelVector) throws {
        var expected = vector.upstreamBodies.map(normalized)
        #expect(calls.count == expected.count)
        let exchange = vector.exchanges("bedrock").first?["request"]
        for call in calls {
            let path = try #require(exchange?["path"]?.stringValue?.removingPercentEncoding)
            #expect(call.operation.path(modelID: call.modelID).removingPercentEncoding == path)
            // Composed exchanges name no accept header.
            for header in call.allHeaders {
                if let value = exchange?["headers"]?[header.name.lowercased()]?.stringValue {
                    #expect(header.value == value)
                }
            }
            let body = normalized(try JSON(parsing: call.body))
            let position = expected.firstIndex { $0.isEquivalent(to: body) }
            #expect(position != nil, "not expected: \(body.serializedString())")
            if let position { expected.remove(at: position) }
        }
    }

    /// Stop sequences are a set.
    private static func normalized(_ body: JSON) -> JSON {
        guard let stops = body["stop_sequences"]?.arrayValue, var members = body.objectValue else { return body }
        members["stop_sequences"] = .array(Set(stops.compactMap(\.stringValue)).sorted().map { .string($0) })
        return .object(members)
    }
}
