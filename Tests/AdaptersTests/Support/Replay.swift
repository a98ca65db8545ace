import Foundation
import JSON
import Testing

@testable import AWS
@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL
@testable import HTTPClient

/// Plays the gateway and the upstream for one adapter.
struct Replay {
    /// What the client would see.
    struct Answer {
        var status: Int
        /// The body of an answer without stream.
        var body: JSON?
        /// The events of a stream, `[DONE]` as a string.
        var events: [JSON]?
    }

    struct NoFiles: AttachmentLoader {
        func load(url: String) async throws(DIALError) -> [UInt8] {
            throw .validation("No file at \(url)")
        }
    }

    let adapter: any ChatAdapter
    var attachments: any AttachmentLoader = NoFiles()
    /// Cuts the upstream's bytes into pieces.
    var generator = SplitMix(seed: 1)

    func context(_ deploymentID: String) throws -> AdapterContext {
        let deployment = try #require(Catalog().resolve(id: deploymentID, kind: .chat))
        return AdapterContext(deployment: deployment, attachments: attachments)
    }

    /// - Returns: the answer and the calls that were made.
    mutating func chat(_ vector: Vector) async throws -> (answer: Answer, calls: [UpstreamCall]) {
        let request: ChatCompletionRequest
        do {
            request = try ChatCompletionRequest(decoding: vector.requestBody)
        } catch {
            return (Answer(status: error.status, body: error.json), [])
        }
        let context = try context(vector.deploymentID)
        let response = ChatResponse(stream: request.stream, choices: request.choiceCount, id: "id", created: 1)
        let prepared: PreparedChat
        do {
            prepared = try await adapter.prepare(request, context)
        } catch {
            guard error.isUserError, request.stream else { return (Answer(status: error.status, body: error.json), []) }
            response.model = context.deployment.upstreamID
            response.makeChoice().open()
            response.fail(error)
            return (Self.answer(response), [])
        }
        response.model = prepared.model
        response.discardedMessages = prepared.discardedMessages
        do {
            for position in 0..<request.choiceCount {
                let entry = request.choiceCount > 1 ? vector.upstream[position] : try #require(vector.upstream.last)
                let attempts = request.choiceCount > 1 ? 1 : vector.upstream.count
                try run(prepared, entry["response"] ?? .null, attempts: attempts, response.makeChoice())
            }
            try response.finish()
        } catch let error as DIALError {
            response.fail(error)
            guard response.isStatusCommitted else {
                return (Answer(status: error.status, body: error.json), [prepared.call])
            }
        }
        return (Self.answer(response), Array(repeating: prepared.call, count: request.choiceCount))
    }

    private mutating func run(
        _ prepared: PreparedChat,
        _ upstream: JSON,
        attempts: Int,
        _ choice: ChoiceOutput
    ) throws {
        var translator = prepared.makeTranslator()
        let status = upstream["status"]?.intValue ?? 0
        do {
            guard status == 200 else {
                let headers = upstream["headers"]
                var error = UpstreamError(
                    operation: prepared.call.operation,
                    status: status,
                    errorType: headers?["x-amzn-errortype"]?.stringValue ?? headers?["x-amzn-ErrorType"]?.stringValue,
                    body: Self.bytes(upstream["body"]),
                    attempts: attempts
                )
                error.exhaustedRetries = attempts > 1
                throw DIALError(error, wording: prepared.errorWording)
            }
            for event in try events(upstream) { try translator.receive(event, choice) }
            try translator.end(choice)
        } catch {
            translator.abort(choice)
            throw error
        }
    }

    private mutating func events(_ upstream: JSON) throws -> [UpstreamEvent] {
        guard let base64 = upstream["stream_base64"]?.stringValue else {
            return [.whole(body: Self.bytes(upstream["body"]), headers: [])]
        }
        let bytes = try #require(Data(base64Encoded: base64))
        var decoder = EventStreamDecoder()
        var events: [UpstreamEvent] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...97, using: &generator))
            rest = rest.dropFirst(piece.count)
            decoder.append(Array(piece))
            while let message = try decoder.next() { events.append(.message(message)) }
        }
        return events
    }

    private static func bytes(_ body: JSON?) -> [UInt8] {
        if let text = body?.stringValue { return Array(text.utf8) }
        return body?.serialized() ?? []
    }

    static func answer(_ response: ChatResponse) -> Answer {
        let bytes = response.takeBytes()
        guard response.isStream else { return Answer(status: 200, body: try? JSON(parsing: bytes)) }
        let events = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n\n").filter { !$0.isEmpty }
        return Answer(
            status: 200,
            events: events.map { event in
                let data = String(event.dropFirst("data: ".count))
                return (try? JSON(parsing: data)) ?? .string(data)
            }
        )
    }
}

/// A small generator whose sequences repeat.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
