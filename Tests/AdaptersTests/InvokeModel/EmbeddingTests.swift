import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import DIAL
@testable import HTTPClient

@Suite("Embeddings") struct EmbeddingTests {
    static let titan1 = "amazon.titan-embed-text-v1"
    static let titan2 = "amazon.titan-embed-text-v2:0"
    static let titanImage = "amazon.titan-embed-image-v1"
    static let cohere = "cohere.embed-multilingual-v3"
    static let image: JSON = ["type": "image/png", "data": "aGk="]

    private func prepare(_ request: JSON, _ model: String) async throws -> PreparedEmbeddings {
        let context = try TextModels.context(model, .embeddings)
        let adapter: any EmbeddingAdapter =
            model.contains("cohere") ? CohereEmbeddingAdapter() : TitanEmbeddingAdapter()
        return try await adapter.prepare(EmbeddingsRequest(decoding: request), context)
    }

    private func bodies(_ request: JSON, _ model: String) async throws -> [JSON] {
        let prepared = try await prepare(request, model)
        return try (0..<prepared.callCount).map { try JSON(parsing: prepared.call($0).body) }
    }

    private func error(_ request: JSON, _ model: String) async throws -> DIALError? {
        await #expect(throws: DIALError.self) { try await prepare(request, model) }
    }

    @Test func dimensions() async throws {
        let request: JSON = ["input": "a", "dimensions": 256]
        #expect(try await bodies(request, Self.titan2) == [["inputText": "a", "dimensions": 256]])
        #expect(
            try await bodies(request, Self.titanImage)
                == [["inputText": "a", "embeddingConfig": ["outputEmbeddingLength": 256]]]
        )
    }

    @Test func cohere4() async throws {
        let model = "us.cohere.embed-v4:0"
        #expect(
            try await bodies(["input": "a", "dimensions": 512], model)
                == [["texts": ["a"], "input_type": "search_document", "output_dimension": 512]]
        )
        let prepared = try await prepare(["input": "a"], model)
        for embeddings in [["float": [[0.5]]], [[0.5]]] as [JSON] {
            let type = embeddings.objectValue == nil ? "embeddings_floats" : "embeddings_by_type"
            let answer: JSON = ["embeddings": embeddings, "response_type": .string(type)]
            #expect(try prepared.read(0, answer.serialized(), HTTPHeaders()).vectors == [[0.5]])
        }
    }

    @Test func orderOfChecks() async throws {
        let all: JSON = [
            "input": [1], "dimensions": 5, "custom_fields": ["instruction": "i", "type": "t"], "custom_input": [[]],
        ]
        func without(_ keys: [String], type: JSON? = "t", instruction: JSON? = nil) throws -> JSON {
            var members = try #require(all.objectValue)
            for key in keys { members[key] = nil }
            var fields = JSONObject()
            if let type { fields["type"] = type }
            if let instruction { fields["instruction"] = instruction }
            members["custom_fields"] = .object(fields)
            return .object(members)
        }
        #expect(try await error(all, Self.titan1)?.message == "Dimensions parameter is not supported")
        #expect(try await error(all, Self.cohere)?.message == "Dimensions parameter is not supported")
        #expect(try await error(all, Self.titan2)?.message == "Instruction prompt is not supported")
        #expect(
            try await error(without([]), Self.titan2)?.message == "The embedding model does not support embedding types"
        )
        let many: JSON = .array(Array(repeating: "x", count: 2049))
        #expect(
            try await error(["input": many], Self.titan2)?.message
                == "A request has at most 2048 inputs, and this one has 2049"
        )
        let tokens = try await error(without(["dimensions"]), Self.cohere)
        #expect(tokens?.message.hasPrefix("Tokens in the input are not supported, provide text instead.") == true)
        #expect(tokens?.code == "invalid_argument")
    }

    @Test func customInputs() async throws {
        let text = Self.titan2
        let cases: [(JSON, String, String)] = [
            ([Self.image], text, "Attachments are not supported"),
            ([[Self.image]], text, "Attachments are not supported"),
            ([[Self.image, "a"]], text, "Attachments are not supported"),
            ([["a", "b", "c"]], text, "No more than one element is allowed in an element of custom_input list"),
            ([[]], text, "Empty list in an element of custom_input list"),
            ([[]], Self.titanImage, "Empty list in an element of custom_input list"),
            (
                [["a", "b", Self.image]], Self.titanImage,
                "No more than two elements are allowed in an element of custom_input list"
            ),
        ]
        for (input, model, text) in cases {
            let error = try await error(["input": [], "custom_input": input], model)
            #expect(error?.message == text)
            #expect(error?.status == 422)
        }
        for pair: JSON in [["a", Self.image], [Self.image, "a"]] {
            let bodies = try await bodies(["input": "first", "custom_input": [pair, ["b"]]], Self.titanImage)
            #expect(
                bodies == [["inputText": "first"], ["inputText": "a", "inputImage": "aGk="], ["inputText": "b"]]
            )
        }
    }

    @Test func imagesOfTheWrongTypeNameTheRightOne() async throws {
        let image: JSON = ["type": "image/webp", "data": "aGk="]
        let error = try await error(["input": [], "custom_input": [image]], Self.titanImage)
        let text = "Unsupported attachment content type: image/webp. Supported attachment types: image/png."
        #expect(error == .userError(text))
    }

    /// What would be refused all the same is not fetched.
    @Test func linksBehindAWrongTypeAreNotFetched() throws {
        let profile = try TextModels.context(Self.titanImage, .embeddings).deployment.profile
        func links(_ attachments: [(type: String?, url: String)]) -> [String] {
            EmbeddingImage.links(of: attachments.map { Attachment(type: $0.type, url: $0.url) }, profile)
        }
        #expect(links([("image/jpeg", "files/b/x.jpg")]) == [])
        #expect(links([("image/png", "files/b/x"), ("image/jpeg", "y"), ("image/png", "z")]) == ["files/b/x"])
        #expect(links([("image/png", "data:image/png;base64,AAAA"), ("image/png", "z")]) == ["z"])
    }

    @Test func cohereGetsBatches() async throws {
        let texts = (0..<200).map { JSON.string("t\($0)") }
        let prepared = try await prepare(
            ["input": .array(texts), "custom_fields": ["type": "search_query"]],
            Self.cohere
        )
        let bodies = try (0..<prepared.callCount).map { try JSON(parsing: prepared.call($0).body) }
        #expect(bodies.map { $0["texts"]?.arrayValue?.count } == [96, 96, 8])
        #expect(bodies.allSatisfy { $0["input_type"] == "search_query" })
        let parts = try bodies.enumerated().map { index, body in
            let vectors = (body["texts"]?.arrayValue ?? []).map { text in
                JSON.array([JSON(Int((text.stringValue ?? "").dropFirst()) ?? -1)])
            }
            let answer: JSON = ["embeddings": .array(vectors), "response_type": "embeddings_floats"]
            return try prepared.read(
                index,
                answer.serialized(),
                [HTTPHeader("X-Amzn-Bedrock-Input-Token-Count", "10")]
            )
        }
        let response = prepared.combine(parts)
        #expect(response.vectors == (0..<200).map { [Double($0)] })
        #expect(response.promptTokens == 30)
    }

    /// Clients of OpenAI's API have no place for a type.
    @Test func cohereTextsAreDocumentsUnlessTold() async throws {
        let prepared = try await prepare(["input": "x"], Self.cohere)
        #expect(try JSON(parsing: prepared.call(0).body)["input_type"] == "search_document")
    }

    @Test func imagesCountTokens() async throws {
        let prepared = try await prepare(["input": "a", "custom_input": [["b", Self.image]]], Self.titanImage)
        let answer: JSON = ["embedding": [1, -2.5e-3], "inputTextTokenCount": 3]
        let parts = try (0..<2).map { try prepared.read($0, answer.serialized(), []) }
        #expect(parts.map(\.promptTokens) == [3, 78])
        #expect(parts[0].vectors == [[1, -0.0025]])
    }

    @Test func madCountsAreNoOverflow() async throws {
        let answer: JSON = ["embedding": [1], "inputTextTokenCount": .number(JSONNumber(Int.max))]
        let prepared = try await prepare(["input": "a", "custom_input": [["b", Self.image]]], Self.titanImage)
        let parts = try (0..<2).map { try prepared.read($0, answer.serialized(), []) }
        #expect(prepared.combine(parts).promptTokens == .max)
    }

    @Test func answersThatAreNone() async throws {
        let titan = try await prepare(["input": "a"], Self.titan1)
        for body in ["", "{}", "[]", #"{"embedding":"x"}"#, #"{"embedding":[1,"x"]}"#] {
            #expect(throws: DIALError.self) { try titan.read(0, Array(body.utf8), []) }
        }
        let refusal = #expect(throws: DIALError.self) {
            try titan.read(0, Array(#"{"embedding":null,"message":"The image was blocked"}"#.utf8), [])
        }
        #expect(refusal?.status == 500 && refusal?.message == "The image was blocked")
        let cohere = try await prepare(["input": "a", "custom_fields": ["type": "x"]], Self.cohere)
        for body in ["{}", #"{"embeddings":[]}"#, #"{"embeddings":[[1]],"response_type":"embeddings_by_type"}"#] {
            #expect(throws: DIALError.self) { try cohere.read(0, Array(body.utf8), []) }
        }
    }
}
