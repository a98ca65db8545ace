import Foundation
import JSON
import RandomTesting
import Testing

@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL

@Suite("Vectors of Converse")
struct ConverseVectorTests {
    @Test(arguments: Vector.core("converse").filter { $0.endpoint == "chat/completions" })
    func chat(_ vector: Vector) async throws {
        for seed in 1...3 {
            var replay = ConverseReplay(generator: SeededGenerator(seed: UInt64(seed)))
            let (answer, calls) = try await replay.chat(vector)
            #expect(answer.status == vector.answer["status"]?.intValue)
            if let body = vector.answer["body"] {
                let actual = try #require(answer.body)
                #expect(JSONMatch.difference(body, actual) == nil, "\(actual.serializedString())")
            }
            if let chunks = vector.answer["sse_chunks"] {
                let actual = JSON.array(try #require(answer.events))
                #expect(JSONMatch.difference(chunks, actual) == nil, "\(actual.serializedString())")
            }
            let expectedCalls = vector.requestBody["n"] == nil ? Array(vector.upstream.prefix(1)) : vector.upstream
            #expect(calls.count == expectedCalls.count)
            for (call, expected) in zip(calls, expectedCalls) {
                let path = expected["request"]?["path"]?.stringValue
                #expect(call.operation.path(modelID: call.modelID) == path)
                let body = try JSON(parsing: call.body)
                let expected = expected["request"]?["body"] ?? .null
                #expect(JSONMatch.difference(expected, body) == nil, "\(body.serializedString())")
            }
        }
    }

    @Test(arguments: Vector.core("converse").filter { $0.endpoint == "tokenize" })
    func tokenize(_ vector: Vector) async throws {
        let request = try TokenizeRequest(decoding: vector.requestBody)
        let response = try await ConverseAdapter().count(request, Converse.context(vector.deploymentID))
        let body = try JSON(parsing: response.body())
        #expect(JSONMatch.difference(vector.answer["body"] ?? .null, body) == nil)
    }

    @Test(arguments: Vector.core("converse").filter { $0.endpoint == "truncate_prompt" })
    func truncatePrompt(_ vector: Vector) async throws {
        let request = try TruncatePromptRequest(decoding: vector.requestBody)
        let response = try await ConverseAdapter().truncate(request, Converse.context(vector.deploymentID))
        let body = try JSON(parsing: response.body())
        #expect(JSONMatch.difference(vector.answer["body"] ?? .null, body) == nil)
    }

    @Test(arguments: Vector.core("converse").filter { $0.endpoint == "configuration" })
    func configuration(_ vector: Vector) throws {
        let deployment = try #require(Catalog().resolve(id: vector.deploymentID, kind: .chat))
        let schema = try #require(ConverseAdapter().configurationSchema(deployment))
        #expect(JSONMatch.difference(vector.answer["body"] ?? .null, schema) == nil)
    }

    @Test func allVectorsAreThere() {
        #expect(Vector.core("converse").count == 101)
    }
}
