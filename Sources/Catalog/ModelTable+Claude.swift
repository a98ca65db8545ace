extension ModelTable {
    static let claude: [ModelProfile] = [
        claude(
            "opus-4-20250514-v1:0",
            .init(auto: 313, forced: 315),
            thinking: .budget,
            interleavesThinking: true,
            known: ["us", "eu"],
            documentBlocks: true
        ),
        claude(
            "sonnet-4-20250514-v1:0",
            .init(auto: 313, forced: 315),
            thinking: .budget,
            interleavesThinking: true,
            known: ["us", "eu", "apac", "global"],
            documentBlocks: true
        ),
        claude(
            "3-7-sonnet-20250219-v1:0",
            .init(auto: 346, forced: 313),
            thinking: .budget,
            known: ["us", "eu", "apac"],
            documentBlocks: true
        ),
        claude(
            "3-5-sonnet-20240620-v1:0",
            .init(auto: 294, forced: 261),
            known: ["us", "eu", "apac", "us-gov"],
            cachePoints: .none
        ),
        claude("3-5-sonnet-20241022-v2:0", .init(auto: 346, forced: 313), known: ["us", "apac", "eu"]),
        claude(
            "3-sonnet-20240229-v1:0",
            .init(auto: 159, forced: 235),
            known: ["us", "eu", "apac"],
            cachePoints: .none
        ),
        claude(
            "3-haiku-20240307-v1:0",
            .init(auto: 264, forced: 340),
            known: ["us", "eu", "apac", "us-gov"],
            cachePoints: .none
        ),
        claude("3-5-haiku-20241022-v1:0", .init(auto: 264, forced: 355), known: ["us", "eu"]),
        claude("3-opus-20240229-v1:0", .init(auto: 530, forced: 281), known: ["us", "eu"], cachePoints: .none),
    ]

    /// Claude models newer than the first table of the adapter.
    static let laterClaude: [ModelProfile] = [
        later(
            "opus-4-1-20250805-v1:0",
            .init(auto: 313, forced: 315),
            .budget,
            .temperatureOrTopP,
            known: ["us", "eu"]
        ),
        later(
            "haiku-4-5-20251001-v1:0",
            .init(auto: 496, forced: 588),
            .budget,
            .temperatureOrTopP,
            known: ["us", "eu", "apac", "jp", "au", "global"]
        ),
        later("haiku-4-5", .init(auto: 496, forced: 588), .budget, .temperatureOrTopP, known: []),
        later(
            "sonnet-4-5-20250929-v1:0",
            .init(auto: 496, forced: 588),
            .budget,
            .temperatureOrTopP,
            known: ["us", "eu", "us-gov", "jp", "au", "global"]
        ),
        later(
            "opus-4-6-v1",
            .init(auto: 497, forced: 589),
            .adaptive,
            .temperatureOrTopP,
            known: ["us", "eu", "au", "global"],
            prefill: false
        ),
        later(
            "sonnet-4-6",
            .init(auto: 497, forced: 589),
            .adaptive,
            .temperatureOrTopP,
            known: ["us", "eu", "apac", "jp", "au", "global"],
            prefill: false
        ),
        later(
            "opus-4-7",
            .init(auto: 675, forced: 804),
            .adaptiveOnly,
            .unsupported,
            known: ["us", "eu", "apac", "jp", "au", "global"],
            prefill: false
        ),
        later(
            "opus-4-8",
            .init(auto: 290, forced: 410),
            .adaptiveOnly,
            .unsupported,
            known: ["us", "eu", "apac", "us-gov", "jp", "au", "global"],
            prefill: false
        ),
        later(
            "opus-5",
            .init(auto: 286, forced: 406),
            .adaptiveOnly,
            .unsupported,
            known: ["us", "eu", "apac", "us-gov", "jp", "au", "global"],
            prefill: false
        ),
        later(
            "sonnet-5",
            .init(auto: 354, forced: 474),
            .adaptiveOnly,
            .unsupported,
            known: ["us", "eu", "apac", "us-gov", "jp", "au", "global"],
            prefill: false
        ),
        later(
            "fable-5",
            .init(auto: 286, forced: 406),
            .adaptiveOnly,
            .unsupported,
            known: ["us", "eu", "apac", "au", "global"],
            prefill: false
        ),
    ]

    static let claudeText: [ModelProfile] = [
        claudeText("v2:1", tools: .prompted),
        claudeText("v2", tools: .unsupported),
        claudeText("instant-v1", tools: .unsupported),
    ]

    /// 5 MiB of base64.
    private static let claudeImageByteLimit = 5 * 1024 * 1024 / 4 * 3

    private static func claude(
        _ id: String,
        _ toolPrompt: ToolPromptTokens,
        thinking: ThinkingDialect = .unsupported,
        interleavesThinking: Bool = false,
        known: [String],
        documentBlocks: Bool = false,
        cachePoints: CachePointSupport = .everywhereButText
    ) -> ModelProfile {
        ModelProfile(
            id: "anthropic.claude-\(id)",
            kind: .chat,
            family: .claude,
            images: ImageFormat.allCases,
            imageByteLimit: claudeImageByteLimit,
            documents: DocumentFormat.allCases,
            documentBlocks: documentBlocks,
            tools: .streaming,
            toolChoice: Set(ToolChoiceVariant.allCases),
            structuredOutput: .call,
            toolSchema: .withoutChoices,
            toolPromptTokens: toolPrompt,
            cachePoints: cachePoints,
            thinking: thinking,
            interleavesThinking: interleavesThinking,
            prefill: true,
            configurable: true,
            knownPrefixes: known
        )
    }

    private static func later(
        _ id: String,
        _ toolPrompt: ToolPromptTokens,
        _ thinking: ThinkingDialect,
        _ sampling: SamplingRule,
        known: [String],
        prefill: Bool = true
    ) -> ModelProfile {
        var profile = claude(
            id,
            toolPrompt,
            thinking: thinking,
            interleavesThinking: true,
            known: known,
            documentBlocks: true
        )
        profile.sampling = sampling
        profile.prefill = prefill
        return profile
    }

    private static func claudeText(_ id: String, tools: ToolSupport) -> ModelProfile {
        ModelProfile(
            id: "anthropic.claude-\(id)",
            kind: .chat,
            family: .claudeText,
            tools: tools,
            tokenizer: .claude2
        )
    }
}
