/// Models of many vendors, most of them on one engine.
///
/// Sources: AWS user guide, "Supported models and model features", "Structured outputs", cards of the models; what the service
/// answers, as clients' projects have measured it.
extension SandboxModel {
    static let laterModels: [SandboxModel] = [nova2] + mistral + openModels + reasoningModels + palmyra

    private static let nova2: SandboxModel = {
        var model = nova("amazon.nova-2-lite-v1:0", context: 1_000_000)
        model.maximumOutput = 64_000
        model.reasoning = .byEffort
        model.ownFields = ["reasoningConfig"]
        model.onDemand = false
        return model
    }()

    private static let mistral = [
        mistral("mistral-7b-instruct-v0:2", tools: .none, system: false),
        mistral("mixtral-8x7b-instruct-v0:1", tools: .none, system: false, documents: false),
        mistral("mistral-small-2402-v1:0", documents: false),
        mistral("mistral-large-2402-v1:0"),
        mistral("mistral-large-2407-v1:0", shortCallIDs: true),
        mistral("pixtral-large-2502-v1:0", images: true, onDemand: false),
    ]

    private static let openModels =
        [
            "deepseek.v3-v1:0", "deepseek.v3.2", "qwen.qwen3-32b-v1:0", "openai.gpt-oss-20b-1:0",
            "openai.gpt-oss-120b-1:0", "zai.glm-4.7", "zai.glm-4.7-flash", "zai.glm-5", "nvidia.nemotron-super-3-120b",
        ].map { open($0, reasoning: .byEffort) }
        + [
            "qwen.qwen3-235b-a22b-2507-v1:0", "qwen.qwen3-next-80b-a3b", "qwen.qwen3-coder-next",
            "qwen.qwen3-coder-30b-a3b-v1:0", "qwen.qwen3-coder-480b-a35b-v1:0", "nvidia.nemotron-nano-3-30b",
        ].map { open($0) }
        + [
            "moonshot.kimi-k2-thinking", "minimax.minimax-m2", "minimax.minimax-m2.1",
        ].map { open($0, reasoning: .always) }
        + [
            "google.gemma-3-4b-it", "google.gemma-3-12b-it", "google.gemma-3-27b-it", "nvidia.nemotron-nano-12b-v2",
        ].map { open($0, images: true, tools: .none) }
        + [
            openMistral("mistral-large-3-675b-instruct"), openMistral("ministral-3-3b-instruct"),
            openMistral("ministral-3-8b-instruct"), openMistral("ministral-3-14b-instruct"),
            openMistral("magistral-small-2509"), openMistral("devstral-2-123b", images: false),
            open("qwen.qwen3-vl-235b-a22b", images: true),
            open("moonshotai.kimi-k2.5", images: true, reasoning: .byEffort),
            open("nvidia.nemotron-nano-9b-v2", tools: .none), glm53,
        ]

    private static let glm53: SandboxModel = {
        var model = open("zai.glm-5.3", reasoning: .always)
        model.toolChoices = [.auto, .any, .tool]
        model.onDemand = false
        return model
    }()

    private static let reasoningModels =
        [
            "moonshotai.kimi-k3", "openai.gpt-5.6-sol", "openai.gpt-5.6-terra", "openai.gpt-5.6-luna",
            "openai.gpt-6-astra", "openai.gpt-6-sol", "openai.gpt-6-luna", "openai.gpt-6.1-sol",
        ].map { reasoning($0) }
        + ["xai.grok-4.6", "xai.grok-4.7"].map { reasoning($0, stopSequences: 8191, inForm: false) }

    private static let palmyra = ["x4", "x5"].map { name in
        SandboxModel(
            id: "writer.palmyra-\(name)-v1:0",
            family: .other,
            maximumOutput: 8192,
            documents: true,
            tools: .blocking,
            mixesToolResults: false,
            onDemand: false
        )
    }

    private static func mistral(
        _ id: String,
        tools: ToolSupport = .blocking,
        system: Bool = true,
        images: Bool = false,
        documents: Bool = true,
        shortCallIDs: Bool = false,
        onDemand: Bool = true
    ) -> SandboxModel {
        SandboxModel(
            id: "mistral.\(id)",
            family: .other,
            maximumOutput: 8192,
            system: system,
            images: images,
            documents: documents,
            tools: tools,
            toolChoices: [.auto, .any],
            hasShortCallIDs: shortCallIDs,
            mixesToolResults: false,
            onDemand: onDemand
        )
    }

    /// One of the open models that share an engine.
    static func open(
        _ id: String,
        images: Bool = false,
        tools: ToolSupport = .streaming,
        reasoning: Reasoning = .never
    ) -> SandboxModel {
        SandboxModel(
            id: id,
            family: .other,
            maximumOutput: 8192,
            images: images,
            tools: tools,
            toolChoices: [.auto, .any],
            reasoning: reasoning,
            prefill: true,
            stopSequences: 0,
            ownFields: reasoning == .byEffort ? ["reasoning_effort"] : [],
            ignoresUnknownFields: true,
            answersInForm: true
        )
    }

    private static func openMistral(_ id: String, images: Bool = true) -> SandboxModel {
        var model = open("mistral.\(id)", images: images)
        model.hasShortCallIDs = true
        model.mixesToolResults = false
        return model
    }

    private static func reasoning(_ id: String, stopSequences: Int = 0, inForm: Bool = true) -> SandboxModel {
        SandboxModel(
            id: id,
            family: .other,
            maximumOutput: 128_000,
            images: true,
            tools: .streaming,
            toolChoices: [.auto, .any, .tool],
            reasoning: .byEffort,
            sampling: .none,
            stopSequences: stopSequences,
            ownFields: ["reasoning"],
            answersInForm: inForm,
            onDemand: false
        )
    }
}
