/// The models the sandbox knows.
///
/// Sources: AWS user guide, "Supported models and model features", "Prompt caching", "Latency-optimized inference";
/// Bedrock API reference, ToolChoice and ToolResultContentBlock.
extension SandboxModel {
    static let table: [String: SandboxModel] = Dictionary(
        uniqueKeysWithValues: (claudeModels + novaModels + llamaModels + otherModels + laterModels + invokeModels).map {
            ($0.id, $0)
        }
    )

    /// Claude by the names that Anthropic itself uses.
    static let anthropicTable: [String: SandboxModel] = Dictionary(
        uniqueKeysWithValues: claudeModels.map { ($0.anthropicName, $0) }
    )

    private static let claudeModels: [SandboxModel] = [
        claude("3-haiku-20240307-v1:0", pdfs: false),
        claude("3-sonnet-20240229-v1:0", pdfs: false),
        claude("3-opus-20240229-v1:0", pdfs: false),
        claude("3-5-sonnet-20240620-v1:0"),
        claude("3-5-sonnet-20241022-v2:0", output: 8192, cache: .everywhere),
        claude(
            "3-5-haiku-20241022-v1:0",
            output: 8192,
            cache: .everywhere,
            images: false,
            pdfs: false,
            optimizedLatency: true
        ),
        claude(
            "3-7-sonnet-20250219-v1:0",
            output: 131_072,
            outputBeta: (flag: "output-128k-2025-02-19", limitWithout: 64_000),
            cache: .everywhere,
            reasoning: .onRequest,
            onDemand: false
        ),
        claude4("sonnet-4-20250514-v1:0", output: 65_536, sampling: .both),
        claude4("opus-4-20250514-v1:0", output: 32_768, sampling: .both),
        claude4("opus-4-1-20250805-v1:0", output: 32_768),
        claude4("sonnet-4-5-20250929-v1:0", output: 65_536),
        claude4("haiku-4-5-20251001-v1:0", output: 65_536),
        claude4("haiku-4-5", output: 65_536),
        claude4("opus-4-6-v1", output: 131_072, reasoning: .adaptiveToo, prefill: false),
        claude4("sonnet-4-6", output: 65_536, reasoning: .adaptiveToo, prefill: false),
        claude4("opus-4-7", output: 131_072, reasoning: .adaptive, sampling: .none, prefill: false),
        claude4("opus-4-8", output: 131_072, reasoning: .adaptive, sampling: .none, prefill: false),
        claude4("opus-5", output: 131_072, reasoning: .adaptive, sampling: .none, prefill: false),
        claude4("sonnet-5", output: 131_072, reasoning: .adaptive, sampling: .none, prefill: false),
        claude4("fable-5", output: 131_072, reasoning: .adaptive, sampling: .none, prefill: false),
    ]

    private static let novaModels: [SandboxModel] = [
        nova("amazon.nova-pro-v1:0", optimizedLatency: true),
        nova("amazon.nova-lite-v1:0"),
        nova("amazon.nova-micro-v1:0", media: false, context: 128_000),
    ]

    private static let llamaModels: [SandboxModel] = [
        llama("meta.llama3-8b-instruct-v1:0", tools: .none, context: 8192, output: 2048),
        llama("meta.llama3-70b-instruct-v1:0", tools: .none, context: 8192, output: 2048),
        llama("meta.llama3-1-8b-instruct-v1:0"),
        llama("meta.llama3-1-70b-instruct-v1:0", optimizedLatency: true),
        llama("meta.llama3-1-405b-instruct-v1:0", optimizedLatency: true),
        llama("meta.llama3-2-1b-instruct-v1:0", tools: .none, onDemand: false),
        llama("meta.llama3-2-3b-instruct-v1:0", tools: .none, onDemand: false),
        llama("meta.llama3-2-11b-instruct-v1:0", images: true, onDemand: false),
        llama("meta.llama3-2-90b-instruct-v1:0", images: true, onDemand: false),
        llama("meta.llama3-3-70b-instruct-v1:0", onDemand: false),
        llama("meta.llama4-scout-17b-instruct-v1:0", images: true, onDemand: false),
        llama("meta.llama4-maverick-17b-instruct-v1:0", images: true, onDemand: false),
    ]

    private static let otherModels: [SandboxModel] = [
        SandboxModel(
            id: "deepseek.r1-v1:0",
            family: .deepSeek,
            maximumOutput: 32_768,
            reasoning: .always,
            onDemand: false
        ),
        open("minimax.minimax-m2.5", reasoning: .always),
        jamba("ai21.jamba-1-5-large-v1:0"),
        jamba("ai21.jamba-1-5-mini-v1:0"),
        commandR("cohere.command-r-v1:0"),
        commandR("cohere.command-r-plus-v1:0"),
    ]

    // MARK: Families

    /// Claude 4 and later.
    static func claude4(
        _ name: String,
        output: Int,
        reasoning: Reasoning = .onRequest,
        sampling: Sampling = .oneOf,
        prefill: Bool = true
    ) -> SandboxModel {
        claude(
            name,
            output: output,
            cache: .everywhere,
            reasoning: reasoning,
            sampling: sampling,
            prefill: prefill,
            interleavesThinking: true,
            onDemand: false
        )
    }

    static func claude(
        _ name: String,
        output: Int = 4096,
        outputBeta: (flag: String, limitWithout: Int)? = nil,
        cache: CacheSupport = .none,
        images: Bool = true,
        pdfs: Bool = true,
        reasoning: Reasoning = .never,
        sampling: Sampling = .both,
        prefill: Bool = true,
        interleavesThinking: Bool = false,
        optimizedLatency: Bool = false,
        onDemand: Bool = true
    ) -> SandboxModel {
        SandboxModel(
            id: "anthropic.claude-\(name)",
            family: .claude,
            maximumOutput: output,
            outputBeta: outputBeta,
            context: 200_000,
            images: images,
            documents: true,
            tools: .streaming,
            toolChoices: [.auto, .any, .tool],
            cache: cache,
            reasoning: reasoning,
            interleavesThinking: interleavesThinking,
            pdfs: pdfs,
            sampling: sampling,
            prefill: prefill,
            stopSequences: 8191,
            answersInForm: true,
            optimizedLatency: optimizedLatency,
            onDemand: onDemand
        )
    }

    static func nova(
        _ id: String,
        media: Bool = true,
        context: Int = 300_000,
        optimizedLatency: Bool = false
    ) -> SandboxModel {
        SandboxModel(
            id: id,
            family: .nova,
            maximumOutput: 10_000,
            context: context,
            images: media,
            documents: media,
            tools: .streaming,
            toolChoices: [.auto, .any, .tool],
            cache: .conversation,
            prefill: true,
            stopSequences: 4,
            optimizedLatency: optimizedLatency
        )
    }

    static func llama(
        _ id: String,
        tools: ToolSupport = .blocking,
        context: Int = 128_000,
        output: Int = 8192,
        images: Bool = false,
        optimizedLatency: Bool = false,
        onDemand: Bool = true
    ) -> SandboxModel {
        SandboxModel(
            id: id,
            family: .llama,
            maximumOutput: output,
            context: context,
            images: images,
            documents: true,
            tools: tools,
            mixesToolResults: false,
            optimizedLatency: optimizedLatency,
            onDemand: onDemand
        )
    }

    static func jamba(_ id: String) -> SandboxModel {
        SandboxModel(id: id, family: .jamba, context: 256_000, documents: true, tools: .streaming)
    }

    static func commandR(_ id: String) -> SandboxModel {
        SandboxModel(
            id: id,
            family: .commandR,
            documents: true,
            tools: .streaming,
            needsToolDescriptions: true,
            guardrails: false
        )
    }
}
