import Bedrock
import Catalog
import DIAL
import HTTPClient
import JSON

/// Titan Text Embeddings v1 and v2, Titan Multimodal Embeddings: one call for each input.
///
/// Source: AWS Bedrock user guide, "Amazon Titan Embeddings Text", "Amazon Titan Multimodal Embeddings G1".
public struct TitanEmbeddingAdapter: EmbeddingAdapter {
    public init() {}

    public func prepare(
        _ request: EmbeddingsRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> PreparedEmbeddings {
        let profile = context.deployment.profile
        let takesImages = !profile.images.isEmpty
        let abilities = EmbeddingAbilities(dimensions: profile.takesDimensions, types: false, images: takesImages)
        var calls: [UpstreamCall] = []
        var imageCalls: Set<Int> = []
        let inputs = try abilities.inputs(of: request)
        var context = context
        let links = inputs.compactMap { $0.image.flatMap(EmbeddingImage.link) }
        context.attachments = await context.attachments.fetchingAhead(links)
        for input in inputs {
            var body = JSONObject()
            if let text = input.text { body.append("inputText", .string(text)) }
            if let image = input.image {
                body.append("inputImage", .string(try await EmbeddingImage.base64(of: image, context)))
                imageCalls.insert(calls.count)
            }
            if let dimensions = request.dimensions {
                if takesImages {
                    body.append("embeddingConfig", ["outputEmbeddingLength": JSON(dimensions)])
                } else {
                    body.append("dimensions", JSON(dimensions))
                }
            }
            calls.append(
                UpstreamCall(
                    operation: .invokeModel,
                    modelID: context.deployment.upstreamID,
                    body: JSON.object(body).serialized(),
                    headers: [.acceptingJSON(streaming: false)]
                )
            )
        }
        return PreparedEmbeddings(
            calls: calls,
            model: context.deployment.upstreamID,
            encodingFormat: request.encodingFormat,
            reader: TitanEmbeddingReader(imageCalls: imageCalls)
        )
    }
}

struct TitanEmbeddingReader: EmbeddingReader {
    /// Calls that have an image.
    let imageCalls: Set<Int>

    /// What an image costs in the price of text tokens.
    private static let tokensOfImage = 75

    func read(_ call: Int, _ body: [UInt8], _ headers: HTTPHeaders) throws(DIALError) -> PreparedEmbeddings.Part {
        let document = try EmbeddingAnswer.parse(body)
        let vector = try EmbeddingAnswer.vector(document.root["embedding"])
        let tokens = max(0, document.root["inputTextTokenCount"]?.int ?? 0)
        return PreparedEmbeddings.Part(
            vectors: [vector],
            promptTokens: tokens.addingWithoutOverflow(imageCalls.contains(call) ? Self.tokensOfImage : 0)
        )
    }
}
