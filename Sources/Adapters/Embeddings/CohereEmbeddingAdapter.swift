import Bedrock
import DIAL
import HTTPClient
import JSON

/// Cohere Embed: the inputs in batches.
///
/// Source: AWS Bedrock user guide, "Cohere Embed v3", "Cohere Embed v4".
public struct CohereEmbeddingAdapter: EmbeddingAdapter {
    /// The most texts the service takes in one call.
    static let batchSize = 96

    public init() {}

    public func prepare(
        _ request: EmbeddingsRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> PreparedEmbeddings {
        let takesDimensions = context.deployment.profile.takesDimensions
        let abilities = EmbeddingAbilities(dimensions: takesDimensions, types: true, images: false)
        let texts = try abilities.inputs(of: request).map { $0.text ?? "" }
        // Clients of OpenAI's API have no place for one; texts are mostly embedded to be found.
        let type = JSON.string(request.customFields?.type ?? "search_document")
        // A call without texts is made all the same: the service is the one to say what it thinks of it.
        let starts = texts.isEmpty ? [0] : Array(stride(from: 0, to: texts.count, by: Self.batchSize))
        let batches = starts.map { texts[$0..<min($0 + Self.batchSize, texts.count)] }
        let (dimensions, model) = (request.dimensions, context.deployment.upstreamID)
        return PreparedEmbeddings(
            callCount: batches.count,
            call: { index in
                var body: JSONObject = ["texts": .array(batches[index].map(JSON.string)), "input_type": type]
                if let dimensions { body.append("output_dimension", JSON(dimensions)) }
                return UpstreamCall(operation: .invokeModel, modelID: model, body: JSON.object(body).serialized())
            },
            model: model,
            encodingFormat: request.encodingFormat,
            read: { index, body, headers throws(DIALError) in
                try Self.part(body, headers, textCount: batches[index].count)
            }
        )
    }

    private static func part(
        _ body: [UInt8],
        _ headers: HTTPHeaders,
        textCount: Int
    ) throws(DIALError) -> PreparedEmbeddings.Part {
        let document = try JSONDocument(answer: body)
        let type = document.root["response_type"]?.string
        if let type, !["embeddings_floats", "embeddings_by_type"].contains(type.word) {
            throw .internalServerError("The model's answer has the unexpected type '\(type)'")
        }
        let answered = document.root["embeddings"]
        guard let embeddings = type?.word == "embeddings_by_type" ? answered?["float"] : answered,
            embeddings.kind == .array
        else {
            throw .internalServerError("The model's answer has no embeddings")
        }
        var vectors: [[Double]] = []
        for embedding in embeddings.elements { vectors.append(try EmbeddingAnswer.vector(embedding)) }
        guard vectors.count == textCount else {
            throw .internalServerError("The model answered \(vectors.count) embeddings for \(textCount) texts")
        }
        return PreparedEmbeddings.Part(
            vectors: vectors,
            promptTokens: InvocationMetrics.tokens(headers["x-amzn-bedrock-input-token-count"])
        )
    }
}
