import Foundation
import JSON
import Testing

@testable import BedrockSandbox

struct EmbeddingModelTests {
    let sandbox = Sandbox.quick()

    private func vector(_ body: JSON, _ model: String) throws -> [Double] {
        let json = try sandbox.invoke(body, model: model).json()
        return try #require(json["embedding"]?.arrayValue).compactMap(\.doubleValue)
    }

    @Test func lengths() throws {
        #expect(try vector(["inputText": "a"], Model.titanEmbeddingOld).count == 1536)
        #expect(try vector(["inputText": "a"], Model.titanEmbedding).count == 1024)
        #expect(try vector(["inputText": "a", "dimensions": 256], Model.titanEmbedding).count == 256)
        #expect(try vector(["inputText": "a"], Model.titanImageEmbedding).count == 1024)
        let short: JSON = ["inputText": "a", "embeddingConfig": ["outputEmbeddingLength": 384]]
        #expect(try vector(short, Model.titanImageEmbedding).count == 384)
    }

    @Test func vectorsFollowFromTheInput() throws {
        let text = try vector(["inputText": "a dog"], Model.titanEmbedding)
        #expect(try vector(["inputText": "a dog"], Model.titanEmbedding) == text)
        #expect(try vector(["inputText": "a cat"], Model.titanEmbedding) != text)
        #expect(abs(text.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        let raw = try vector(["inputText": "a dog", "normalize": false], Model.titanEmbedding)
        #expect(raw.reduce(0) { $0 + $1 * $1 } > 2)
        let image: JSON = .string(Data(Picture(width: 8, height: 8, subject: "x").png).base64EncodedString())
        let pictures = [
            try vector(["inputImage": image], Model.titanImageEmbedding),
            try vector(["inputImage": image, "inputText": "a"], Model.titanImageEmbedding),
            try vector(["inputText": "a"], Model.titanImageEmbedding),
        ]
        #expect(Set(pictures).count == 3)
    }

    @Test func titanTypes() throws {
        let body: JSON = ["inputText": "a", "embeddingTypes": ["binary", "float"]]
        let json = try sandbox.invoke(body, model: Model.titanEmbedding).json()
        let floats = try #require(json["embeddingsByType"]?["float"]?.arrayValue).compactMap(\.doubleValue)
        let bits = try #require(json["embeddingsByType"]?["binary"]?.arrayValue).compactMap(\.intValue)
        #expect(floats.map { $0 > 0 ? 1 : 0 } == bits)
        #expect(json["inputTextTokenCount"] == 1)
    }

    @Test func cohere() throws {
        let body: JSONObject = ["texts": ["a", "bb bb bb"], "input_type": "search_query"]
        let answer = sandbox.invoke(.object(body), model: Model.cohereEmbedding)
        #expect(answer.header("x-amzn-bedrock-input-token-count") == "3")
        let json = try answer.json()
        #expect(json["response_type"] == "embeddings_floats")
        #expect(json["embeddings"]?.arrayValue?.map { $0.arrayValue?.count } == [1024, 1024])
        var typed = body
        typed["embedding_types"] = ["int8", "ubinary"]
        let byType = try sandbox.invoke(.object(typed), model: Model.cohereEmbedding).json()
        #expect(byType["response_type"] == "embeddings_by_type")
        #expect(byType["embeddings"]?["int8"]?[1]?.arrayValue?.count == 1024)
        #expect(byType["embeddings"]?["ubinary"]?[1]?.arrayValue?.count == 128)
        var document = body
        document["input_type"] = "search_document"
        let other = try sandbox.invoke(.object(document), model: Model.cohereEmbedding).json()
        #expect(other["embeddings"] != json["embeddings"])
    }

    @Test(arguments: [
        (
            Model.titanEmbeddingOld, #"{"inputText":"a","dimensions":256}"#,
            "#: extraneous key [dimensions] is not permitted"
        ),
        (Model.titanEmbedding, #"{"inputText":"a","dimensions":255}"#, "#/dimensions: 255 is not a valid enum value"),
        (Model.titanEmbedding, #"{"inputText":""}"#, "#/inputText: expected minLength: 1, actual: 0"),
        (Model.titanImageEmbedding, "{}", "#: at least one of the keys [inputText, inputImage] is required"),
        (Model.titanImageEmbedding, #"{"inputImage":"AAAA"}"#, "#/inputImage: not a JPEG or PNG image"),
        (
            Model.titanImageEmbedding, #"{"inputText":"a","embeddingConfig":{"outputEmbeddingLength":100}}"#,
            "#/embeddingConfig/outputEmbeddingLength: 100 is not a valid enum value"
        ),
        (
            Model.cohereEmbedding, #"{"texts":[],"input_type":"search_query"}"#,
            "#/texts: expected minimum item count: 1, found: 0"
        ),
        (Model.cohereEmbedding, #"{"texts":["a"]}"#, "#: required key [input_type] not found"),
        (
            Model.cohereEmbedding, #"{"texts":["a"],"input_type":"query"}"#,
            "#/input_type: query is not a valid enum value"
        ),
    ])
    func malformedBodies(model: String, body: String, reason: String) throws {
        let answer = sandbox.invoke(try JSON(parsing: body), model: model)
        #expect(answer.status == 400)
        #expect(answer.message == "Malformed input request: \(reason), please reformat your input and try again.")
    }

    @Test func limits() {
        func message(_ texts: [String]) -> String? {
            let body: JSON = ["texts": .array(texts.map { .string($0) }), "input_type": "clustering"]
            return sandbox.invoke(body, model: Model.cohereEmbedding).message
        }
        let most = String(repeating: "é", count: 2048)
        #expect(message([String](repeating: most, count: 96)) == nil)
        #expect(
            message([String](repeating: "a", count: 97))?.contains("expected maximum item count: 96, found: 97") == true
        )
        #expect(message(["a", most + "é"])?.contains("#/texts/1: expected maxLength: 2048, actual: 2049") == true)
        let long: JSON = ["inputText": .string(String(repeating: "a", count: 40_000))]
        let refusal = "Too many input tokens. Max input tokens: 8192, request input token count: 10000 "
        #expect(sandbox.invoke(long, model: Model.titanEmbedding).message == refusal)
    }

    @Test func faultsOfOneInput() {
        #expect(sandbox.invoke(["inputText": "fault:throttling"], model: Model.titanEmbedding).status == 429)
        #expect(sandbox.invoke(["inputText": "none"], model: Model.titanEmbedding).status == 200)
    }
}
