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
        let inputs = try abilities.inputs(of: request)
        var context = context
        let links = EmbeddingImage.links(of: inputs.compactMap(\.image), profile)
        context.attachments = await context.attachments.fetchingAhead(links)
        var images: [Int: String] = [:]
        for (index, input) in inputs.enumerated() {
            if let image = input.image { images[index] = try await EmbeddingImage.base64(of: image, context) }
        }
        let (texts, dimensions, model) = (inputs.map(\.text), request.dimensions, context.deployment.upstreamID)
        return PreparedEmbeddings(
            callCount: texts.count,
            call: { [images] index in
                UpstreamCall(
                    operation: .invokeModel,
                    modelID: model,
                    body: Self.body(texts[index], images[index], dimensions, takesImages: takesImages).serialized()
                )
            },
            model: model,
            encodingFormat: request.encodingFormat,
            read: { [images] index, body, _ throws(DIALError) in
                try Self.part(body, hasImage: images[index] != nil)
            }
        )
    }

    private static func body(_ text: String?, _ image: String?, _ dimensions: Int?, takesImages: Bool) -> JSON {
        var body = JSONObject()
        if let text { body.append("inputText", .string(text)) }
        if let image { body.append("inputImage", .string(image)) }
        if let dimensions {
            if takesImages {
                body.append("embeddingConfig", ["outputEmbeddingLength": JSON(dimensions)])
            } else {
                body.append("dimensions", JSON(dimensions))
            }
        }
        return .object(body)
    }

    /// What an image costs in the price of text tokens.
    private static let tokensOfImage = 75

    private static func part(_ body: [UInt8], hasImage: Bool) throws(DIALError) -> PreparedEmbeddings.Part {
        let document = try JSONDocument(answer: body)
        let embedding = document.root["embedding"]
        // Amazon's words for an image or a text that it makes none of.
        if embedding?.kind != .array, let reason = document.root["message"]?.string, !reason.isEmpty {
            throw .internalServerError(reason)
        }
        let vector = try EmbeddingAnswer.vector(embedding)
        let tokens = max(0, document.root["inputTextTokenCount"]?.int ?? 0)
        return PreparedEmbeddings.Part(
            vectors: [vector],
            promptTokens: tokens.addingWithoutOverflow(hasImage ? tokensOfImage : 0)
        )
    }
}
