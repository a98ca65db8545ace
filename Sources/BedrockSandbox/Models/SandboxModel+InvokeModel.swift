/// The models that are called by InvokeModel only, each with a body of its own.
///
/// Source: Bedrock user guide, "Inference request parameters and response fields for foundation models".
extension SandboxModel {
    static let invokeModels: [SandboxModel] = [
        claudeText("anthropic.claude-v2:1", context: 200_000, system: true, tools: .streaming),
        claudeText("anthropic.claude-v2", context: 100_000),
        claudeText("anthropic.claude-instant-v1", context: 100_000),
        SandboxModel(id: "amazon.titan-tg1-large", family: .titanText, maximumOutput: 8192, context: 8192),
        command("cohere.command-text-v14"),
        command("cohere.command-light-text-v14"),
        SandboxModel(id: "stability.stable-diffusion-xl-v1", family: .stableDiffusionXL),
        stableImage("stability.sd3-large-v1:0", imageToImage: true),
        stableImage("stability.sd3-5-large-v1:0", imageToImage: true),
        stableImage("stability.stable-image-ultra-v1:0"),
        stableImage("stability.stable-image-ultra-v1:1", imageToImage: true),
        stableImage("stability.stable-image-core-v1:0"),
        stableImage("stability.stable-image-core-v1:1"),
        embedding("amazon.titan-embed-text-v1", .titanEmbedding, [1536]),
        embedding("amazon.titan-embed-text-v2:0", .titanEmbedding, [1024, 512, 256]),
        embedding("amazon.titan-embed-image-v1", .titanEmbedding, [1024, 384, 256], context: 256, images: true),
        embedding("cohere.embed-english-v3", .cohereEmbedding, [1024]),
        embedding("cohere.embed-multilingual-v3", .cohereEmbedding, [1024]),
        embedding("cohere.embed-v4:0", .cohereEmbedding, [1536, 1024, 512, 256], context: 128_000),
    ]

    private static func claudeText(
        _ id: String,
        context: Int,
        system: Bool = false,
        tools: ToolSupport = .none
    ) -> SandboxModel {
        SandboxModel(id: id, family: .claudeText, context: context, system: system, tools: tools, stopSequences: 8191)
    }

    private static func command(_ id: String) -> SandboxModel {
        SandboxModel(id: id, family: .command, context: 4096, stopSequences: 4)
    }

    private static func stableImage(_ id: String, imageToImage: Bool = false) -> SandboxModel {
        SandboxModel(id: id, family: .stableImage, images: imageToImage)
    }

    private static func embedding(
        _ id: String,
        _ family: Family,
        _ dimensions: [Int],
        context: Int = 8192,
        images: Bool = false
    ) -> SandboxModel {
        SandboxModel(id: id, family: family, context: context, images: images, dimensions: dimensions)
    }
}
