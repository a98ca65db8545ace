import Foundation
import JSON
import RandomTesting
import Testing

@testable import AWS
@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL
@testable import HTTPClient

/// Plays the gateway and the upstream for the Converse adapter.
struct ConverseReplay {
    private let adapter = ConverseAdapter()
    /// Cuts the upstream's bytes into pieces.
    var generator: SeededGenerator

    /// - Returns: the answer and the calls that were made.
    mutating func chat(_ vector: Vector) async throws -> (answer: ClientAnswer, calls: [UpstreamCall]) {
        let request: ChatCompletionRequest
        do {
            request = try ChatCompletionRequest(decoding: vector.requestBody)
        } catch {
            return (ClientAnswer(error), [])
        }
        let context = try Converse.context(vector.deploymentID)
        let response = ChatResponse(stream: request.stream, choices: request.choiceCount, id: "id", created: 1)
        let prepared: PreparedChat
        do {
            prepared = try await adapter.prepare(request, context)
        } catch {
            guard error.isUserError, request.stream else { return (ClientAnswer(error), []) }
            response.model = context.deployment.upstreamID
            response.makeChoice().open()
            return (ClientAnswer(error, ending: response), [])
        }
        response.model = prepared.call.modelID
        response.discardedMessages = prepared.discardedMessages
        do {
            for position in 0..<request.choiceCount {
                let entry = request.choiceCount > 1 ? vector.upstream[position] : try #require(vector.upstream.last)
                let attempts = request.choiceCount > 1 ? 1 : vector.upstream.count
                try run(prepared, entry["response"] ?? .null, attempts: attempts, response.makeChoice())
            }
            try response.finish()
        } catch let error as DIALError {
            return (ClientAnswer(error, ending: response), [prepared.call])
        }
        return (ClientAnswer(response), Array(repeating: prepared.call, count: request.choiceCount))
    }

    private mutating func run(
        _ prepared: PreparedChat,
        _ upstream: JSON,
        attempts: Int,
        _ choice: ChoiceOutput
    ) throws {
        let status = upstream["status"]?.intValue ?? 0
        guard status == 200 else {
            let headers = upstream["headers"]
            var error = UpstreamError(
                operation: prepared.call.operation,
                status: status,
                errorType: headers?["x-amzn-errortype"]?.stringValue ?? headers?["x-amzn-ErrorType"]?.stringValue,
                body: Vector.bytes(upstream["body"]),
                attempts: attempts
            )
            error.exhaustedRetries = attempts > 1
            throw DIALError(error, wording: prepared.errorWording)
        }
        let events =
            if let base64 = upstream["stream_base64"]?.stringValue {
                try generator.messages(of: try #require(Base64.decode(base64)))
            } else {
                [UpstreamEvent.whole(body: Vector.bytes(upstream["body"]), headers: [])]
            }
        try prepared.translate(events, choice)
    }
}
