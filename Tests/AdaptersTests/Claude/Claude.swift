import JSON
import Testing

@testable import AWS
@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL

/// One call of the adapter, for tables of rules.
enum Claude {
    static let sonnet4 = "anthropic.claude-sonnet-4-20250514-v1:0"
    static let sonnet35 = "anthropic.claude-3-5-sonnet-20241022-v2:0"
    static let opus46 = "anthropic.claude-opus-4-6-v1"
    static let opus48 = "anthropic.claude-opus-4-8"

    static let hi: JSON = [["role": "user", "content": "Hi"]]
    static let oneTool: JSON = [["type": "function", "function": ["name": "get_time"]]]

    static func context(_ deployment: String, _ upstream: UpstreamKind = .bedrock) throws -> AdapterContext {
        let deployment = try #require(Catalog().resolve(id: deployment, kind: .chat))
        return AdapterContext(deployment: deployment, upstream: upstream, attachments: NoFiles())
    }

    static func prepare(
        _ request: JSON,
        _ deployment: String = sonnet4,
        _ upstream: UpstreamKind = .bedrock,
        ignoringUnknownFields: Bool = false
    ) async throws -> PreparedChat {
        let request = try ChatCompletionRequest(decoding: request, ignoringUnknownFields: ignoringUnknownFields)
        return try await ClaudeMessagesAdapter().prepare(request, context(deployment, upstream))
    }

    static func body(_ request: JSON, _ deployment: String = sonnet4) async throws -> JSON {
        try JSON(parsing: try await prepare(request, deployment).call.body)
    }

    /// The body for a short message and some members besides.
    static func body(with members: JSONObject, _ deployment: String = sonnet4) async throws -> JSON {
        var request: JSONObject = ["messages": hi]
        for (key, value) in members { request[key] = value }
        return try await body(.object(request), deployment)
    }

    static func messages(_ messages: JSON, _ deployment: String = sonnet4) async throws -> JSON {
        try #require(try await body(["messages": messages], deployment)["messages"])
    }

    static func error(_ request: JSON, _ deployment: String = sonnet4) async throws -> DIALError {
        try await PreparedChat.error { try await prepare(request, deployment) }
    }

    /// The client's view of a stream of events.
    static func stream(
        _ events: [JSON],
        _ members: JSONObject = [:],
        _ deployment: String = sonnet35,
        upstream: UpstreamKind = .bedrock
    ) async throws -> ClientAnswer {
        var request: JSONObject = ["messages": hi, "stream": true]
        for (key, value) in members { request[key] = value }
        let prepared = try await prepare(.object(request), deployment, upstream)
        return prepared.answer(to: try events.map { try event($0, upstream) }, stream: true)
    }

    static func whole(
        _ message: JSON,
        _ members: JSONObject = [:],
        _ deployment: String = sonnet35
    ) async throws -> ClientAnswer {
        var request: JSONObject = ["messages": hi]
        for (key, value) in members { request[key] = value }
        let prepared = try await prepare(.object(request), deployment)
        return prepared.answer(to: [.whole(body: message.serialized(), headers: [])], stream: false)
    }

    static func event(_ event: JSON, _ upstream: UpstreamKind) throws -> UpstreamEvent {
        if upstream == .anthropic { return .serverSent(event: event["type"]?.stringValue, data: event.serialized()) }
        var decoder = EventStreamDecoder()
        decoder.append(ClaudeWire.frame(event))
        return .message(try #require(try decoder.next()))
    }

    static let start: JSON = ["type": "message_start", "message": ["usage": ["input_tokens": 3, "output_tokens": 1]]]
    static let stop: JSON = ["type": "message_stop"]

    static func ended(_ reason: JSON) -> JSON {
        ["type": "message_delta", "delta": ["stop_reason": reason], "usage": ["output_tokens": 5]]
    }

    static func text(_ text: String, index: Int = 0) -> [JSON] {
        [
            ["type": "content_block_start", "index": JSON(index), "content_block": ["type": "text", "text": ""]],
            [
                "type": "content_block_delta", "index": JSON(index),
                "delta": ["type": "text_delta", "text": .string(text)],
            ],
            ["type": "content_block_stop", "index": JSON(index)],
        ]
    }
}
