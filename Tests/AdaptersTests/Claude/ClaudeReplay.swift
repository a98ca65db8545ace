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

/// Plays the gateway and the upstream of a case for the Claude adapter: Bedrock or Anthropic's API.
struct ClaudeReplay {
    let vector: Vector
    /// Cuts the upstream's bytes into pieces.
    var generator: SeededGenerator

    init(_ vector: Vector, seed: UInt64 = 1) {
        self.vector = vector
        generator = SeededGenerator(seed: seed)
    }

    private let adapter = ClaudeMessagesAdapter()
    /// The case lets unknown members of a request through.
    private var isLenient: Bool { vector.name == "cache_all_three_with_ttl" }

    var context: AdapterContext {
        get throws {
            let mapping = vector.json["env"]?["COMPATIBILITY_MAPPING"]?.stringValue
            let deployment = try #require(
                Catalog(compatibilityMapping: mapping).resolve(id: vector.deploymentID, kind: .chat)
            )
            let hasKey = vector.json["dial_request"]?["headers"]?["X-UPSTREAM-KEY"] != nil
            return AdapterContext(
                deployment: deployment,
                upstream: hasKey ? .anthropic : .bedrock,
                attachments: RecordedFiles(vector: vector)
            )
        }
    }

    mutating func chat() async throws -> (answer: ClientAnswer, prepared: PreparedChat?) {
        let request = try ChatCompletionRequest(decoding: vector.requestBody, ignoringUnknownFields: isLenient)
        let response = ChatResponse(stream: request.stream, choices: request.choiceCount, id: "id", created: 1)
        let context = try context
        response.model = context.deployment.upstreamID
        let prepared: PreparedChat
        do {
            prepared = try await adapter.prepare(request, context)
        } catch {
            if let hint = error.usageHint, request.stream {
                let choice = response.makeChoice()
                let stage = choice.openStage("Usage")
                choice.appendStage(stage, content: hint)
                choice.closeStage(stage)
            }
            return (ClientAnswer(error, ending: response), nil)
        }
        response.model = prepared.call.modelID
        response.discardedMessages = prepared.discardedMessages
        do {
            for position in 0..<request.choiceCount {
                try run(prepared, calls[position]["response"] ?? .null, response.makeChoice())
            }
            try response.finish()
        } catch let error as DIALError {
            return (ClientAnswer(error, ending: response), prepared)
        }
        return (ClientAnswer(response), prepared)
    }

    /// Upstream exchanges with the model.
    var calls: [JSON] { vector.upstream.filter { $0["request"]?["method"]?.stringValue == "POST" } }

    private mutating func run(_ prepared: PreparedChat, _ upstream: JSON, _ choice: ChoiceOutput) throws {
        let status = upstream["status"]?.intValue ?? 0
        guard status == 200 else {
            let headers = upstream["headers"]
            throw DIALError(
                UpstreamError(
                    operation: prepared.call.operation,
                    status: status,
                    errorType: headers?["x-amzn-errortype"]?.stringValue,
                    body: Vector.bytes(upstream["body"]),
                    retryAfter: headers?["retry-after"]?.stringValue
                ),
                wording: prepared.errorWording
            )
        }
        var translator = prepared.makeTranslator()
        do {
            guard let events = upstream["events"]?.arrayValue else {
                try translator.receive(.whole(body: Vector.bytes(upstream["body"]), headers: []), choice)
                return try translator.end(choice)
            }
            let isDisconnected = events.last?["$disconnect"] != nil
            for event in try framed(events.filter { $0["$disconnect"] == nil }, upstream) {
                try translator.receive(event, choice)
            }
            if isDisconnected {
                throw DIALError(
                    UpstreamError(.connectionLost("reset"), operation: prepared.call.operation),
                    wording: prepared.errorWording
                )
            }
            try translator.end(choice)
        } catch {
            translator.abort(choice)
            throw error
        }
    }

    private mutating func framed(_ events: [JSON], _ upstream: JSON) throws -> [UpstreamEvent] {
        guard upstream["headers"]?["content-type"]?.stringValue?.hasPrefix("text/event-stream") == true else {
            return try generator.messages(of: events.flatMap(ClaudeWire.frame))
        }
        var decoder = ServerSentEventDecoder()
        var result: [UpstreamEvent] = []
        for piece in generator.pieces(of: events.flatMap(ClaudeWire.serverSent)) {
            decoder.append(piece)
            while let event = try decoder.next() { result.append(.serverSent(event: event.event, data: event.data)) }
        }
        return result
    }
}

/// Events as the two transports frame them.
enum ClaudeWire {
    static func serverSent(_ event: JSON) -> [UInt8] {
        Array("event: \(event["type"]?.stringValue ?? "")\ndata: \(event.serializedString())\n\n".utf8)
    }

    static func frame(_ event: JSON) -> [UInt8] {
        if let name = event["$exception"]?.stringValue {
            let payload: JSON = ["message": event["message"] ?? ""]
            return EventStreamEncoder.encode(
                headers: [(":message-type", "exception"), (":exception-type", name)],
                payload: payload.serialized()
            )
        }
        let payload: JSON = ["bytes": .string(Base64.encode(event.serialized())), "p": "abcdefghij"]
        return EventStreamEncoder.encode(
            headers: [(":message-type", "event"), (":event-type", "chunk"), (":content-type", "application/json")],
            payload: payload.serialized()
        )
    }
}

/// The files that a case's upstream has.
struct RecordedFiles: AttachmentLoader {
    let vector: Vector

    func load(url: String) async throws(DIALError) -> [UInt8] {
        let exchange = vector.upstream.first { $0["request"]?["path"]?.stringValue?.hasSuffix(url) == true }
        guard let response = exchange?["response"], response["status"]?.intValue == 200,
            let body = response["body"]?.stringValue, body.hasPrefix("{{base64:"),
            let bytes = Base64.decode(String(body.dropFirst(9).dropLast(2)))
        else { throw .internalServerError("No file at \(url)") }
        return bytes
    }
}
