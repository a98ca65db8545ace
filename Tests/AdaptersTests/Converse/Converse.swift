import JSON
import Testing

@testable import AWS
@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL

/// One call of the adapter, for tables of rules.
enum Converse {
    static let nova = "amazon.nova-pro-v1:0"
    static let llama = "meta.llama3-3-70b-instruct-v1:0"
    static let llama11b = "meta.llama3-2-11b-instruct-v1:0"
    static let jamba = "ai21.jamba-1-5-large-v1:0"
    static let commandR = "cohere.command-r-v1:0"
    static let deepSeek = "deepseek.r1-v1:0"
    static let claude = "anthropic.claude-3-7-sonnet-20250219-v1:0"

    static func context(_ deployment: String) throws -> AdapterContext {
        let deployment = try #require(Catalog().resolve(id: deployment, kind: .chat))
        return AdapterContext(deployment: deployment, attachments: NoFiles())
    }

    static func prepare(_ request: JSON, _ deployment: String = nova) async throws -> PreparedChat {
        try await ConverseAdapter().prepare(ChatCompletionRequest(decoding: request), context(deployment))
    }

    static func body(_ request: JSON, _ deployment: String = nova) async throws -> JSON {
        try JSON(parsing: try await prepare(request, deployment).call.body)
    }

    /// The messages sent for some messages; with one tool declared unless told otherwise.
    static func messages(_ messages: JSON, _ deployment: String = nova, tools: JSON? = nil) async throws -> JSON {
        var request: JSONObject = ["messages": messages]
        if let tools { request["tools"] = tools }
        return try #require(try await body(.object(request), deployment)["messages"])
    }

    static func error(_ request: JSON, _ deployment: String = nova) async throws -> DIALError {
        try await PreparedChat.error { try await prepare(request, deployment) }
    }

    /// The client's view of an answer that streams.
    static func stream(
        _ events: [(String, JSON)],
        _ request: JSON = ["messages": [["role": "user", "content": "x"]]],
        _ deployment: String = nova
    ) async throws -> ClientAnswer {
        var object = try #require(request.objectValue)
        object["stream"] = true
        let messages = try events.map { name, payload in
            UpstreamEvent.message(try frame([(":message-type", "event"), (":event-type", name)], payload.serialized()))
        }
        return try await prepare(.object(object), deployment).answer(to: messages, stream: true)
    }

    static func block(
        _ response: JSON,
        _ request: JSON = ["messages": [["role": "user", "content": "x"]]],
        _ deployment: String = nova
    ) async throws -> ClientAnswer {
        let prepared = try await prepare(request, deployment)
        return prepared.answer(
            to: [.whole(body: response.serialized(), headers: [])],
            stream: request["stream"]?.boolValue ?? false
        )
    }

    static func frame(_ headers: [(String, String)], _ payload: [UInt8]) throws -> EventStreamMessage {
        var decoder = EventStreamDecoder()
        decoder.append(EventStreamEncoder.encode(headers: headers, payload: payload))
        return try #require(try decoder.next())
    }
}
