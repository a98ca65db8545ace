import JSON
import Testing

@testable import AWS
@testable import Adapters
@testable import Bedrock
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

    static func prepare(_ request: JSON, _ deployment: String = nova) async throws -> PreparedChat {
        let context = try Replay(adapter: ConverseAdapter()).context(deployment)
        return try await ConverseAdapter().prepare(ChatCompletionRequest(decoding: request), context)
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
        do {
            let prepared = try await prepare(request, deployment)
            Issue.record("no error but \(String(decoding: prepared.call.body, as: UTF8.self))")
        } catch let error as DIALError {
            return error
        }
        return .processingFailed
    }

    /// The client's view of an answer that streams.
    static func stream(
        _ events: [(String, JSON)],
        _ request: JSON = ["messages": [["role": "user", "content": "x"]]],
        _ deployment: String = nova
    ) async throws -> Replay.Answer {
        var object = try #require(request.objectValue)
        object["stream"] = true
        let messages = try events.map { name, payload in
            UpstreamEvent.message(try frame([(":message-type", "event"), (":event-type", name)], payload.serialized()))
        }
        return try run(messages, try await prepare(.object(object), deployment), stream: true)
    }

    static func block(
        _ response: JSON,
        _ request: JSON = ["messages": [["role": "user", "content": "x"]]],
        _ deployment: String = nova
    ) async throws -> Replay.Answer {
        let prepared = try await prepare(request, deployment)
        return try run(
            [.whole(body: response.serialized(), headers: [])],
            prepared,
            stream: request["stream"]?.boolValue ?? false
        )
    }

    static func frame(_ headers: [(String, String)], _ payload: [UInt8]) throws -> EventStreamMessage {
        var decoder = EventStreamDecoder()
        decoder.append(EventStreamEncoder.encode(headers: headers, payload: payload))
        return try #require(try decoder.next())
    }

    static func run(_ events: [UpstreamEvent], _ prepared: PreparedChat, stream: Bool) throws -> Replay.Answer {
        let response = ChatResponse(stream: stream, choices: 1, id: "id", created: 1)
        let choice = response.makeChoice()
        var translator = prepared.makeTranslator()
        do {
            for event in events { try translator.receive(event, choice) }
            try translator.end(choice)
            try response.finish()
        } catch {
            translator.abort(choice)
            response.fail(error)
            if !response.isStatusCommitted { return Replay.Answer(status: error.status, body: error.json) }
        }
        return Replay.answer(response)
    }
}

extension Replay.Answer {
    /// What each chunk brings: its delta, the finish reason, an error.
    var deltas: [JSON] {
        (events ?? []).map { event in
            if let error = event["error"] { return ["error": error] }
            guard let choice = event["choices"]?[0] else { return event }
            if let reason = choice["finish_reason"], !reason.isNull { return ["finish": reason] }
            return choice["delta"] ?? .null
        }
    }

    var message: JSON? { body?["choices"]?[0]?["message"] }
    var finishReason: String? { body?["choices"]?[0]?["finish_reason"]?.stringValue }
}
