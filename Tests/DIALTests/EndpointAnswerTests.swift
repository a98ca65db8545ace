import DIAL
import JSON
import Testing

@Suite("Answers of the other endpoints")
struct EndpointAnswerTests {
    @Test("Recorded embeddings", arguments: try Recording.all("embeddings-").filter { $0.status == 200 })
    func embeddings(_ recording: Recording) throws {
        let request = try EmbeddingsRequest(decoding: recording.request)
        let inputs =
            switch request.input {
            case .text, .tokens: 1
            case .texts(let texts): texts.count
            case .tokenLists(let lists): lists.count
            }
        let count = inputs + (request.customInput?.count ?? 0)
        let answer = EmbeddingsResponse(
            vectors: (0..<count).map { Array([Double($0), 0.5, -1.25].prefix(request.dimensions ?? 3)) },
            model: "embed",
            promptTokens: 4 * count,
            encodingFormat: request.encodingFormat
        )
        #expect(try JSON(parsing: answer.body()) == recording.body)
        #expect(String(decoding: answer.body(), as: UTF8.self) == recording.raw)
    }

    @Test("Recorded tokenize", arguments: try Recording.all("tokenize").filter { $0.status == 200 })
    func tokenize(_ recording: Recording) throws {
        let request = try TokenizeRequest(decoding: recording.request)
        let answer = TokenizeResponse(
            outputs: request.inputs.map { input in
                switch input {
                case .text("fail"): .failure("can not tokenize")
                case .text(let text): .tokens(text.utf8.count)
                case .request(let request): .tokens(request.textLength)
                }
            }
        )
        #expect(try JSON(parsing: answer.body()) == recording.body)
    }

    @Test("Recorded truncate_prompt")
    func truncatePrompt() throws {
        let recording = try #require(try Recording.all("truncate-prompt").first { $0.status == 200 })
        let request = try TruncatePromptRequest(decoding: recording.request)
        let answer = TruncatePromptResponse(
            outputs: request.inputs.map { input in
                input.maxPromptTokens.map { .discarded(Array(0..<(input.messages.count - $0))) } ?? .withoutLimit
            }
        )
        #expect(try JSON(parsing: answer.body()) == recording.body)
    }

    @Test("Recorded models")
    func models() throws {
        let recording = try #require(try Recording.all("models").first)
        let listing = ModelListing(models: [.init(id: "echo", capability: .chatCompletion, vendor: "dial")])
        #expect(String(decoding: listing.body(), as: UTF8.self) == recording.raw)
    }

    @Test("The type of an upstream failure follows its status")
    func upstream() {
        let types = [400, 422, 429, 500, 503].map { DIALError.upstream(status: $0, message: "m").type }
        #expect(types == ["invalid_request_error", "invalid_request_error", nil, "internal_server_error", nil])
        #expect(
            String(decoding: DIALError.upstream(status: 429, message: "m").body(), as: UTF8.self)
                == #"{"error":{"message":"m","code":"429"}}"#
        )
    }

    @Test("Usages add up without trapping")
    func usage() {
        let sum =
            Usage(promptTokens: .max, completionTokens: 1, cachedTokens: 2)
            + Usage(promptTokens: 1, completionTokens: 1, reasoningTokens: 3)
        #expect(
            sum == Usage(promptTokens: .max, completionTokens: 2, cachedTokens: 2, reasoningTokens: 3)
        )
        #expect(sum.totalTokens == .max)
    }
}

extension ChatCompletionRequest {
    /// Bytes of all texts.
    fileprivate var textLength: Int {
        messages.reduce(0) { sum, message in
            if case .text(let text) = message.content { sum + text.utf8.count } else { sum }
        }
    }
}
