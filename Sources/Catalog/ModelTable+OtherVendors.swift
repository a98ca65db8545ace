/// Models on Converse beyond those of the Python adapter.
///
/// Sources: AWS user guide "Supported models and model features", "Structured outputs", "Inference profiles", cards of the models;
/// where these say nothing, what the service answers, as clients' projects have measured it.
extension ModelTable {
    /// A new model goes to the end.
    static let otherVendors: [ModelProfile] = [nova2] + mistral + openWeight + reasoning + palmyra

    private static let nova2: ModelProfile = {
        var profile = nova("2-lite", media: true, tools: .streaming)
        profile.thinking = .reasoningConfig
        profile.knownPrefixes = ["us", "eu", "jp", "global"]
        return profile
    }()

    /// Mistral's models of 2024 and 2025 that AWS serves in a way of their own.
    private static let mistral = [
        mistral("mistral-7b-instruct-v0:2", tools: false),
        mistral("mixtral-8x7b-instruct-v0:1", tools: false, documents: false),
        mistral("mistral-small-2402-v1:0", documents: false),
        mistral("mistral-large-2402-v1:0"),
        mistral("mistral-large-2407-v1:0", callIDs: .nineCharacters),
        mistral("pixtral-large-2502-v1:0", images: true, known: ["us", "eu"]),
    ]

    private static let openWeight = [
        openMistral("mistral-large-3-675b-instruct", images: true),
        openMistral("ministral-3-3b-instruct", images: true, form: .call),
        openMistral("ministral-3-8b-instruct", images: true, form: .call),
        openMistral("ministral-3-14b-instruct", images: true, form: .call),
        openMistral("magistral-small-2509", images: true, form: .call),
        openMistral("devstral-2-123b", form: .call),
        open("deepseek.v3-v1:0", thinking: .reasoningEffort),
        open("deepseek.v3.2", thinking: .reasoningEffort),
        open("qwen.qwen3-32b-v1:0", thinking: .reasoningEffort),
        open("qwen.qwen3-235b-a22b-2507-v1:0"),
        open("qwen.qwen3-next-80b-a3b"),
        open("qwen.qwen3-vl-235b-a22b", images: true),
        open("qwen.qwen3-coder-next"),
        open("qwen.qwen3-coder-30b-a3b-v1:0"),
        open("qwen.qwen3-coder-480b-a35b-v1:0"),
        open("openai.gpt-oss-20b-1:0", thinking: .reasoningEffort, known: ["us-gov"]),
        open("openai.gpt-oss-120b-1:0", thinking: .reasoningEffort, known: ["us-gov"]),
        open("moonshot.kimi-k2-thinking", thinking: .always),
        open("moonshotai.kimi-k2.5", images: true, thinking: .reasoningEffort, form: .call),
        open("minimax.minimax-m2", thinking: .always),
        open("minimax.minimax-m2.1", thinking: .always),
        open("zai.glm-4.7", thinking: .reasoningEffort, form: .call),
        open("zai.glm-4.7-flash", thinking: .reasoningEffort, form: .call),
        open("zai.glm-5", thinking: .reasoningEffort, form: .call),
        open("google.gemma-3-4b-it", images: true, tools: false, form: .unsupported),
        open("google.gemma-3-12b-it", images: true, tools: false),
        open("google.gemma-3-27b-it", images: true, tools: false),
        open("nvidia.nemotron-nano-9b-v2", tools: false),
        open("nvidia.nemotron-nano-12b-v2", images: true, tools: false),
        open("nvidia.nemotron-nano-3-30b"),
        open("nvidia.nemotron-super-3-120b", thinking: .reasoningEffort),
        glm53,
    ]

    private static let glm53: ModelProfile = {
        var profile = open("zai.glm-5.3", thinking: .reasoningEffort, known: ["us", "global"])
        profile.toolChoice = Set(ToolChoiceVariant.allCases)
        return profile
    }()

    private static let reasoning =
        [
            "moonshotai.kimi-k3", "openai.gpt-5.6-sol", "openai.gpt-5.6-terra", "openai.gpt-5.6-luna",
            "openai.gpt-6-astra", "openai.gpt-6-sol", "openai.gpt-6-luna", "openai.gpt-6.1-sol",
        ].map { reasoning($0, known: ["us", "global"]) }
        + ["xai.grok-4.6", "xai.grok-4.7"].map {
            reasoning($0, stopSequences: true, form: .call, known: ["us", "global", "us-gov"])
        }

    private static let palmyra = ["x4", "x5"].map { name in
        ModelProfile(
            id: "writer.palmyra-\(name)-v1:0",
            kind: .chat,
            family: .converse,
            documents: DocumentFormat.allCases,
            tools: .emulatedStreaming,
            toolChoice: [.auto],
            toolResultsShareTurn: false,
            configurable: true,
            knownPrefixes: ["us"]
        )
    }

    private static func mistral(
        _ id: String,
        tools: Bool = true,
        images: Bool = false,
        documents: Bool = true,
        callIDs: CallIDRule = .any,
        known: [String] = []
    ) -> ModelProfile {
        ModelProfile(
            id: "mistral.\(id)",
            kind: .chat,
            family: .converse,
            images: images ? ImageFormat.allCases : [],
            documents: documents ? DocumentFormat.allCases : [],
            tools: tools ? .emulatedStreaming : .unsupported,
            toolChoice: tools ? [.auto, .any] : [],
            structuredOutput: tools ? .call : .unsupported,
            callIDs: callIDs,
            toolResultsShareTurn: false,
            // Those without tools know no system prompt either.
            systemPrompt: tools,
            configurable: true,
            knownPrefixes: known
        )
    }

    /// What runs on AWS's common engine for open models. A call can be forced, that of a named tool cannot.
    static func open(
        _ id: String,
        images: Bool = false,
        tools: Bool = true,
        thinking: ThinkingDialect = .unsupported,
        form: StructuredOutput = .textFormat,
        known: [String] = []
    ) -> ModelProfile {
        ModelProfile(
            id: id,
            kind: .chat,
            family: .converse,
            images: images ? ImageFormat.allCases : [],
            tools: tools ? .streaming : .unsupported,
            toolChoice: tools ? [.auto, .any] : [],
            structuredOutput: form,
            thinking: thinking,
            stopSequences: false,
            configurable: true,
            knownPrefixes: known
        )
    }

    /// Mistral's on that engine.
    private static func openMistral(
        _ id: String,
        images: Bool = false,
        form: StructuredOutput = .textFormat
    ) -> ModelProfile {
        var profile = open("mistral.\(id)", images: images, form: form)
        profile.callIDs = .nineCharacters
        profile.toolResultsShareTurn = false
        return profile
    }

    /// Models that always reason, and take no sampling.
    private static func reasoning(
        _ id: String,
        stopSequences: Bool = false,
        form: StructuredOutput = .textFormat,
        known: [String]
    ) -> ModelProfile {
        ModelProfile(
            id: id,
            kind: .chat,
            family: .converse,
            images: ImageFormat.allCases,
            tools: .streaming,
            toolChoice: Set(ToolChoiceVariant.allCases),
            structuredOutput: form,
            thinking: .reasoning,
            sampling: .unsupported,
            stopSequences: stopSequences,
            configurable: true,
            knownPrefixes: known
        )
    }
}
