import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL
@testable import HTTPClient

/// One call of an adapter of the InvokeModel families, for tables of rules.
enum TextModels {
    static let claude21 = "anthropic.claude-v2:1"
    static let claude2 = "anthropic.claude-v2"
    static let titan = "amazon.titan-tg1-large"
    static let command = "cohere.command-text-v14"
    static let sdxl = "stability.stable-diffusion-xl-v1"
    static let sd35 = "stability.sd3-5-large-v1:0"
    static let ultra = "stability.stable-image-ultra-v1:0"

    static func context(_ deploymentID: String, _ kind: ModelProfile.Kind = .chat) throws -> AdapterContext {
        let deployment = try #require(Catalog().resolve(id: deploymentID, kind: kind))
        return AdapterContext(deployment: deployment, attachments: NoFiles())
    }

    static func prepare(_ request: JSON, _ deploymentID: String) async throws -> PreparedChat {
        let context = try context(deploymentID)
        let adapter = try #require(InvokeModelReplay.adapter(context.deployment))
        return try await adapter.prepare(ChatCompletionRequest(decoding: request), context)
    }

    static func body(_ request: JSON, _ deploymentID: String) async throws -> JSON {
        try JSON(parsing: try await prepare(request, deploymentID).call.body)
    }

    static func tokens(_ request: JSON, _ deploymentID: String) async throws -> Int {
        let context = try context(deploymentID)
        let adapter = try #require(InvokeModelReplay.adapter(context.deployment))
        return try await adapter.countTokens(in: ChatCompletionRequest(decoding: request), context)
    }

    static func error(_ request: JSON, _ deploymentID: String) async throws -> DIALError {
        try await PreparedChat.error { try await prepare(request, deploymentID) }
    }

    /// The block answer, or what a stream of chunks comes to.
    static func answer(
        _ chunks: [JSON],
        _ request: JSON,
        _ deploymentID: String,
        headers: HTTPHeaders = []
    ) async throws -> JSON {
        let prepared = try await prepare(request, deploymentID)
        let isStream = prepared.call.operation.isStreaming
        let events = try chunks.map { chunk -> UpstreamEvent in
            guard isStream else { return .whole(body: chunk.serialized(), headers: headers) }
            let payload: JSON = ["bytes": .string(Base64.encode(chunk.serialized())), "p": "abc"]
            return .message(
                try Converse.frame([(":message-type", "event"), (":event-type", "chunk")], payload.serialized())
            )
        }
        let answer = prepared.answer(to: events, stream: isStream)
        return answer.events.map(MergedAnswer.block) ?? answer.body ?? .null
    }

    static func user(_ text: String) -> JSON { ["role": "user", "content": .string(text)] }

    static func tool(_ name: String, _ parameters: JSON = ["type": "object", "properties": [:]]) -> JSON {
        ["type": "function", "function": ["name": .string(name), "parameters": parameters]]
    }
}
