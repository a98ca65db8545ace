extension ModelTable {
    static let deepSeekR1 = ModelProfile(
        id: "deepseek.r1-v1:0",
        kind: .chat,
        family: .converse,
        thinking: .always,
        configurable: true,
        knownPrefixes: ["us"]
    )

    static let llama: [ModelProfile] = [
        llama("3-3-70b-instruct-v1:0", tools: true, known: ["us"]),
        llama("3-2-90b-instruct-v1:0", tools: true, known: ["us"], vision: true),
        llama("3-2-11b-instruct-v1:0", known: ["us"], vision: true),
        llama("3-2-3b-instruct-v1:0", known: ["us", "eu"]),
        llama("3-2-1b-instruct-v1:0", known: ["us", "eu"]),
        llama("3-1-405b-instruct-v1:0", tools: true, known: ["us"]),
        llama("3-1-70b-instruct-v1:0", tools: true, known: ["us"]),
        llama("3-1-8b-instruct-v1:0", known: ["us"]),
        llama("3-70b-instruct-v1:0"),
        llama("3-8b-instruct-v1:0"),
    ]

    /// A new model goes to the end.
    static let laterConverse: [ModelProfile] = [
        llama("4-scout-17b-instruct-v1:0", tools: true, known: ["us"], vision: true),
        llama("4-maverick-17b-instruct-v1:0", tools: true, known: ["us"], vision: true),
        open("minimax.minimax-m2.5", thinking: .always),
    ]

    static let nova: [ModelProfile] = [
        nova("pro", media: true, tools: .streaming),
        nova("lite", media: true, tools: .streaming),
        nova("micro", media: false, tools: .unsupported),
    ]

    static let jamba: [ModelProfile] = ["large", "mini"].map { size in
        ModelProfile(
            id: "ai21.jamba-1-5-\(size)-v1:0",
            kind: .chat,
            family: .converse,
            documents: DocumentFormat.allCases,
            tools: .emulatedStreaming,
            toolChoice: Set(ToolChoiceVariant.allCases),
            configurable: true
        )
    }

    static let commandR: [ModelProfile] = ["r", "r-plus"].map { name in
        ModelProfile(
            id: "cohere.command-\(name)-v1:0",
            kind: .chat,
            family: .converse,
            documents: DocumentFormat.allCases,
            tools: .streaming,
            toolChoice: Set(ToolChoiceVariant.allCases),
            toolsNeedDescription: true,
            configurable: true
        )
    }

    /// Llama knows no forced tool choice; it is sent as auto.
    private static func llama(
        _ id: String,
        tools: Bool = false,
        known: [String] = [],
        vision: Bool = false
    ) -> ModelProfile {
        ModelProfile(
            id: "meta.llama\(id)",
            kind: .chat,
            family: .converse,
            images: vision ? ImageFormat.allCases : [],
            tools: tools ? .emulatedStreaming : .unsupported,
            toolChoice: tools ? [.auto] : [],
            toolResultsShareTurn: false,
            configurable: true,
            knownPrefixes: known
        )
    }

    /// Nova fails on tool names with a hyphen and on cache points among the tools.
    static func nova(_ id: String, media: Bool, tools: ToolSupport) -> ModelProfile {
        ModelProfile(
            id: "amazon.nova-\(id)-v1:0",
            kind: .chat,
            family: .converse,
            images: media ? ImageFormat.allCases : [],
            documents: media ? DocumentFormat.allCases : [],
            tools: tools,
            toolChoice: tools == .unsupported ? [] : Set(ToolChoiceVariant.allCases),
            structuredOutput: tools == .unsupported ? .unsupported : .call,
            toolNamesAllowHyphen: false,
            toolSchema: .plain,
            cachePoints: .conversation,
            prefill: true,
            configurable: true,
            knownPrefixes: ["us", "eu", "apac"]
        )
    }
}
