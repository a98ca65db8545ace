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

/// Plays the gateway, Bedrock and DIAL's file storage for one vector.
struct InvokeModelReplay {
    let vector: InvokeModelVector
    var generator: SeededGenerator
    private(set) var calls: [UpstreamCall] = []

    init(_ vector: InvokeModelVector, seed: UInt64 = 1) {
        self.vector = vector
        generator = SeededGenerator(seed: seed)
    }

    /// Files that the vector's exchanges with DIAL hand out.
    struct Files: AttachmentLoader {
        let exchanges: [JSON]

        func load(url: String) async throws(DIALError) -> [UInt8] {
            guard let exchange = exchanges.first(where: { $0["request"]?["path"]?.stringValue == "/v1/\(url)" }),
                exchange["response"]?["status"]?.intValue == 200,
                let base64 = exchange["response"]?["body_base64"]?.stringValue, let bytes = Base64.decode(base64)
            else { throw .internalServerError("No file at \(url)") }
            return bytes
        }
    }

    func context(_ kind: ModelProfile.Kind) throws(DIALError) -> AdapterContext {
        guard let deployment = Catalog().resolve(id: vector.deploymentID, kind: kind) else {
            throw .deploymentNotFound("The deployment id '\(vector.deploymentID)' is unknown.")
        }
        let setting = vector.json["env"]?["CLAUDE_DEFAULT_MAX_TOKENS"]
        return AdapterContext(
            deployment: deployment,
            attachments: Files(exchanges: vector.exchanges("dial")),
            claudeDefaultMaxTokens: setting?.intValue ?? setting?.stringValue.flatMap { Int($0) } ?? 1536
        )
    }

    static func adapter(_ deployment: Deployment) -> (any ChatAdapter)? {
        switch deployment.profile.family {
        case .claudeText: TextCompletionAdapter.claudeText
        case .titanText: TextCompletionAdapter.titanText
        case .command: TextCompletionAdapter.command
        case .stableDiffusionXL, .stableImage: StabilityAdapter()
        default: nil
        }
    }

    mutating func run() async throws -> ClientAnswer {
        do {
            switch vector.endpoint {
            case "chat/completions": return try await chat()
            case "embeddings": return try await embeddings()
            case "tokenize": return try await tokenize()
            case "truncate_prompt": return try await truncatePrompt()
            case "configuration": return try configuration()
            default:
                Issue.record("no way to \(vector.endpoint)")
                return ClientAnswer(status: 0)
            }
        } catch let error as DIALError {
            return ClientAnswer(error)
        }
    }
}

extension InvokeModelReplay {
    private mutating func chat() async throws -> ClientAnswer {
        let request = try ChatCompletionRequest(decoding: .object(RequestBody.parse(vector.requestBytes)))
        let context = try context(.chat)
        let adapter = try #require(Self.adapter(context.deployment))
        let prepared = try await adapter.prepare(request, context)
        let response = ChatResponse(stream: request.stream, choices: request.choiceCount)
        response.model = prepared.call.modelID
        response.discardedMessages = prepared.discardedMessages
        do {
            let upstreams = vector.exchanges("bedrock")
            for position in 0..<request.choiceCount {
                calls.append(prepared.call)
                let upstream = upstreams.count > position ? upstreams[position] : try #require(upstreams.last)
                try answer(upstream["response"] ?? .null, prepared, response.makeChoice())
            }
            try response.finish()
        } catch let error as DIALError {
            return ClientAnswer(error, ending: response)
        }
        return ClientAnswer(response)
    }

    private mutating func answer(_ upstream: JSON, _ prepared: PreparedChat, _ choice: ChoiceOutput) throws {
        var translator = prepared.makeTranslator()
        do {
            if upstream["status"]?.intValue == 200 {
                for event in try events(upstream) { try translator.receive(event, choice) }
                try store(translator.images).map { translator.attach($0) }
                try translator.end(choice)
            } else {
                throw DIALError(Self.failure(upstream, prepared.call.operation), wording: prepared.errorWording)
            }
        } catch {
            translator.abort(choice)
            throw error
        }
    }

    static func failure(_ upstream: JSON, _ operation: UpstreamOperation) -> UpstreamError {
        UpstreamError(
            operation: operation,
            status: upstream["status"]?.intValue ?? 0,
            errorType: upstream["headers"]?["x-amzn-errortype"]?.stringValue,
            body: Vector.bytes(upstream["body"])
        )
    }

    private func store(_ images: [GeneratedImage]) throws -> [DIAL.Attachment]? {
        guard vector.hasStorage, !images.isEmpty else { return nil }
        let exchanges = vector.exchanges("dial")
        let bucket = try #require(exchanges.first { $0["request"]?["path"]?.stringValue == "/v1/bucket" })["response"]
        let folder = try FileStorage.writableFolder(
            status: bucket?["status"]?.intValue ?? 0,
            body: Vector.bytes(bucket?["body"])
        )
        return try images.map { image in
            let path = "/v1/files/\(folder)/\(try image.storagePath)"
            let upload = try #require(exchanges.first { $0["request"]?["path"]?.stringValue == path })
            let size = upload["request"]?["multipart"]?["file"]?["size"] ?? upload["request"]?["multipart"]?["size"]
            if let size = size?.intValue { #expect(try image.bytes.count == size) }
            let url = try FileStorage.uploadedURL(
                status: upload["response"]?["status"]?.intValue ?? 0,
                body: Vector.bytes(upload["response"]?["body"])
            )
            return image.stored(at: url)
        }
    }

    static func headers(_ response: JSON) -> HTTPHeaders {
        HTTPHeaders((response["headers"]?.objectValue ?? [:]).map { HTTPHeader($0.key, $0.value.stringValue ?? "") })
    }

    /// The body, cut into pieces anywhere when it is a stream.
    private mutating func events(_ upstream: JSON) throws -> [UpstreamEvent] {
        guard let recorded = upstream["events"]?.arrayValue else {
            return [.whole(body: Vector.bytes(upstream["body"]), headers: Self.headers(upstream))]
        }
        let bytes = recorded.compactMap { $0["base64"]?.stringValue }.compactMap { Base64.decode($0) }.joined()
        return try generator.messages(of: Array(bytes))
    }
}

extension InvokeModelReplay {
    private mutating func embeddings() async throws -> ClientAnswer {
        let request = try EmbeddingsRequest(decoding: .object(RequestBody.parse(vector.requestBytes)))
        let context = try context(.embeddings)
        let adapter: any EmbeddingAdapter =
            context.deployment.profile.family == .cohereEmbeddings ? CohereEmbeddingAdapter() : TitanEmbeddingAdapter()
        let prepared = try await adapter.prepare(request, context)
        calls = (0..<prepared.callCount).map(prepared.call)
        var upstreams = vector.exchanges("bedrock")
        var parts: [PreparedEmbeddings.Part] = []
        for (index, call) in calls.enumerated() {
            let body = try JSON(parsing: call.body)
            let position = try #require(upstreams.firstIndex { $0["request"]?["body"]?.isEquivalent(to: body) == true })
            let response = upstreams.remove(at: position)["response"] ?? .null
            guard response["status"]?.intValue == 200 else { throw DIALError(Self.failure(response, call.operation)) }
            parts.append(try prepared.read(index, Vector.bytes(response["body"]), Self.headers(response)))
        }
        return ClientAnswer(status: 200, body: try JSON(parsing: prepared.combine(parts).body()))
    }

    private func tokenize() async throws -> ClientAnswer {
        let request = try TokenizeRequest(decoding: .object(RequestBody.parse(vector.requestBytes)))
        let context = try context(.chat)
        guard context.deployment.profile.tokenize else { throw DIALError.notImplemented }
        let adapter = try #require(Self.adapter(context.deployment))
        return ClientAnswer(status: 200, body: try JSON(parsing: await adapter.count(request, context).body()))
    }

    private func truncatePrompt() async throws -> ClientAnswer {
        let request = try TruncatePromptRequest(decoding: .object(RequestBody.parse(vector.requestBytes)))
        let context = try context(.chat)
        let adapter = try #require(Self.adapter(context.deployment))
        return ClientAnswer(status: 200, body: try JSON(parsing: await adapter.truncate(request, context).body()))
    }

    private func configuration() throws -> ClientAnswer {
        let deployment = try context(.chat).deployment
        let adapter = try #require(Self.adapter(deployment))
        guard let schema = adapter.configurationSchema(deployment) else { throw DIALError.notImplemented }
        return ClientAnswer(status: 200, body: schema)
    }
}
