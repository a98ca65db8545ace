extension ModelTable {
    static let stability: [ModelProfile] = [
        ModelProfile(
            id: "stability.stable-diffusion-xl-v1",
            kind: .chat,
            family: .stableDiffusionXL,
            producesImages: true,
            tokenize: false
        ),
        stableImage("sd3-large-v1:0", isDiffusion3: true),
        stableImage("sd3-5-large-v1:0", isDiffusion3: true),
        stableImage("stable-image-ultra-v1:0", isDiffusion3: false),
        stableImage("stable-image-core-v1:0", isDiffusion3: false),
    ]

    static let laterStability: [ModelProfile] = [
        stableImage("stable-image-core-v1:1", isDiffusion3: false),
        stableImage("stable-image-ultra-v1:1", isDiffusion3: false),
    ]

    static let titanText = ModelProfile(
        id: "amazon.titan-tg1-large",
        kind: .chat,
        family: .titanText,
        defaultMaxTokens: 512
    )

    static let command: [ModelProfile] = ["text", "light-text"].map { name in
        ModelProfile(
            id: "cohere.command-\(name)-v14",
            kind: .chat,
            family: .command,
            defaultMaxTokens: 512
        )
    }

    public static let embeddings: [ModelProfile] = [
        embeddings("amazon.titan-embed-image-v1", .titanImageEmbeddings, images: [.png], takesDimensions: true),
        embeddings("amazon.titan-embed-text-v2:0", .titanTextEmbeddings, takesDimensions: true),
        embeddings("amazon.titan-embed-text-v1", .titanTextEmbeddings),
        embeddings("cohere.embed-english-v3", .cohereEmbeddings),
        embeddings("cohere.embed-multilingual-v3", .cohereEmbeddings),
        embeddings("cohere.embed-v4:0", .cohereEmbeddings, takesDimensions: true, known: ["us", "eu", "global"]),
    ]

    private static func stableImage(_ id: String, isDiffusion3: Bool) -> ModelProfile {
        ModelProfile(
            id: "stability.\(id)",
            kind: .chat,
            family: .stableImage,
            images: isDiffusion3 ? [.jpeg, .png, .webp] : [],
            producesImages: true,
            takesCfgScale: isDiffusion3,
            configurable: true,
            tokenize: false
        )
    }

    private static func embeddings(
        _ id: String,
        _ family: ModelFamily,
        images: [ImageFormat] = [],
        takesDimensions: Bool = false,
        known: [String] = []
    ) -> ModelProfile {
        ModelProfile(
            id: id,
            kind: .embeddings,
            family: family,
            images: images,
            takesDimensions: takesDimensions,
            tokenize: false,
            truncatePrompt: false,
            knownPrefixes: known
        )
    }
}
