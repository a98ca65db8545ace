extension ModelTable {
    static let stability: [ModelProfile] = [
        ModelProfile(
            id: "stability.stable-diffusion-xl-v1",
            vendor: "Stability AI",
            name: "SDXL 1.0",
            kind: .chat,
            family: .stableDiffusionXL,
            producesImages: true,
            tokenizer: .none,
            tokenize: false
        ),
        stableImage("sd3-large-v1:0", "SD3 Large 1.0", isDiffusion3: true),
        stableImage("sd3-5-large-v1:0", "Stable Diffusion 3.5 Large", isDiffusion3: true),
        stableImage("stable-image-ultra-v1:0", "Stable Image Ultra 1.0", isDiffusion3: false),
        stableImage("stable-image-core-v1:0", "Stable Image Core 1.0", isDiffusion3: false),
    ]

    static let laterStability: [ModelProfile] = [
        stableImage("stable-image-core-v1:1", "Stable Image Core 1.1", isDiffusion3: false),
        stableImage("stable-image-ultra-v1:1", "Stable Image Ultra 1.1", isDiffusion3: false),
    ]

    static let titanText = ModelProfile(
        id: "amazon.titan-tg1-large",
        vendor: "Amazon",
        name: "Titan Text G1 - Express",
        kind: .chat,
        family: .titanText,
        defaultMaxTokens: .fixed(512)
    )

    static let command: [ModelProfile] = [("text", "Command"), ("light-text", "Command Light")].map { id, name in
        ModelProfile(
            id: "cohere.command-\(id)-v14",
            vendor: "Cohere",
            name: name,
            kind: .chat,
            family: .command,
            defaultMaxTokens: .fixed(512)
        )
    }

    public static let embeddings: [ModelProfile] = [
        embeddings(
            "amazon.titan-embed-image-v1",
            "Amazon",
            "Titan Multimodal Embeddings G1",
            .titanImageEmbeddings,
            images: [.png],
            takesDimensions: true
        ),
        embeddings(
            "amazon.titan-embed-text-v2:0",
            "Amazon",
            "Titan Text Embeddings V2",
            .titanTextEmbeddings,
            takesDimensions: true
        ),
        embeddings("amazon.titan-embed-text-v1", "Amazon", "Titan Embeddings G1 Text v1.2", .titanTextEmbeddings),
        embeddings("cohere.embed-english-v3", "Cohere", "Cohere Embed English", .cohereEmbeddings),
        embeddings("cohere.embed-multilingual-v3", "Cohere", "Cohere Embed Multilingual", .cohereEmbeddings),
    ]

    static let amazon: [ModelProfile] = [titanText] + nova
    static let cohere: [ModelProfile] = commandR + command
    static let later: [ModelProfile] = laterClaude + laterLlama + laterStability

    private static func stableImage(_ id: String, _ name: String, isDiffusion3: Bool) -> ModelProfile {
        ModelProfile(
            id: "stability.\(id)",
            vendor: "Stability AI",
            name: name,
            kind: .chat,
            family: .stableImage,
            images: isDiffusion3 ? [.jpeg, .png, .webp] : [],
            producesImages: true,
            takesCfgScale: isDiffusion3,
            tokenizer: .none,
            configurable: true,
            tokenize: false
        )
    }

    private static func embeddings(
        _ id: String,
        _ vendor: String,
        _ name: String,
        _ family: ModelFamily,
        images: [ImageFormat] = [],
        takesDimensions: Bool = false
    ) -> ModelProfile {
        ModelProfile(
            id: id,
            vendor: vendor,
            name: name,
            kind: .embeddings,
            family: family,
            images: images,
            tokenizer: .none,
            takesDimensions: takesDimensions,
            tokenize: false,
            truncatePrompt: false
        )
    }
}
