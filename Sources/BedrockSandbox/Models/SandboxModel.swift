/// What AWS says one model can do. Capabilities are data; a new model is a row.
struct SandboxModel: Sendable {
    enum Family: Sendable {
        case claude, nova, llama, deepSeek, jamba, commandR, other
        // Called by InvokeModel only.
        case claudeText, titanText, command, stableDiffusionXL, stableImage, titanEmbedding, cohereEmbedding

        var speaksConverse: Bool {
            switch self {
            case .claude, .nova, .llama, .deepSeek, .jamba, .commandR, .other: true
            case .claudeText, .titanText, .command, .stableDiffusionXL, .stableImage, .titanEmbedding,
                .cohereEmbedding:
                false
            }
        }
    }

    enum ToolSupport: Sendable {
        case none
        /// Only without streaming.
        case blocking
        case streaming
    }

    enum ToolChoice: String, Sendable { case auto, any, tool }

    enum CacheSupport: Sendable {
        case none
        /// Cache points in system and messages.
        case conversation
        /// Cache points in tools too.
        case everywhere
    }

    enum Reasoning: Sendable {
        case never, always
        /// When asked, within a budget of tokens.
        case onRequest
        /// When asked: within a budget, or as long as the model likes.
        case adaptiveToo
        /// When asked, as long as the model likes.
        case adaptive
        /// When asked in words of the model's own: ``SandboxModel/ownFields``.
        case byEffort

        var isOnRequest: Bool {
            switch self {
            case .never, .always, .byEffort: false
            case .onRequest, .adaptiveToo, .adaptive: true
            }
        }

        var takesEffort: Bool {
            switch self {
            case .never, .always, .onRequest, .byEffort: false
            case .adaptiveToo, .adaptive: true
            }
        }
    }

    enum Sampling: Sendable {
        case both
        /// `temperature` or `topP`, not both.
        case oneOf
        case none
    }

    var id: String
    var family: Family
    /// The most tokens one answer may have.
    var maximumOutput = 4096
    /// The flag that Messages wants for the most tokens, and what there is without it.
    var outputBeta: (flag: String, limitWithout: Int)?
    /// The most input tokens.
    var context = 128_000
    var system = true
    var images = false
    var documents = false
    var tools = ToolSupport.none
    var toolChoices: Set<ToolChoice> = [.auto]
    var cache = CacheSupport.none
    var reasoning = Reasoning.never
    /// Whether Messages lets the model think between calls.
    var interleavesThinking = false
    /// Whether Messages takes PDF documents.
    var pdfs = false
    var sampling = Sampling.both
    /// Whether the last turn may be the assistant's.
    var prefill = false
    /// The most stop sequences; 0 where the model knows none.
    var stopSequences = 8191
    /// What `additionalModelRequestFields` may have.
    var ownFields: Set<String> = []
    /// Whether other fields there do no harm.
    var ignoresUnknownFields = false
    /// Whether the model takes `outputConfig`.
    var answersInForm = false
    /// Whether ids of calls are nine letters and digits.
    var hasShortCallIDs = false
    /// Whether tool results and other blocks may share a user turn.
    var mixesToolResults = true
    var needsToolDescriptions = false
    var optimizedLatency = false
    var guardrails = true
    /// Embeddings: the lengths a vector can have, the usual one first.
    var dimensions: [Int] = []
    /// False: only inference profiles call it. Enforced when the sandbox is told to require profiles.
    var onDemand = true
}

extension SandboxModel {
    /// The model's name at Anthropic: `anthropic.claude-3-haiku-20240307-v1:0` is `claude-3-haiku-20240307`.
    var anthropicName: String {
        var parts = id.dropFirst("anthropic.".count).split(separator: "-")
        if let last = parts.last, last.first == "v", last.dropFirst().first?.isNumber == true { parts.removeLast() }
        return parts.joined(separator: "-")
    }

    /// What is in `modelId`: the model and whether a profile calls it.
    struct Resolution: Sendable {
        var model: SandboxModel
        var isProfile: Bool
    }

    /// Geographies of system-defined inference profiles.
    static let geographies: Set<String> = ["us", "eu", "apac", "us-gov", "jp", "au", "ca", "global"]

    /// Resolves a model id, an inference-profile id or an ARN of either.
    ///
    /// Application profiles, provisioned and custom models say nothing of the model behind them: they stand for Nova
    /// Lite, so that such ARNs can be tried.
    static func resolve(_ identifier: String) -> Resolution? {
        guard identifier.hasPrefix("arn:") else { return resolveName(identifier) }
        let parts = identifier.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[1].hasPrefix("aws"), parts[2] == "bedrock" else { return nil }
        let resource = parts[5].split(separator: "/", maxSplits: 1)
        guard resource.count == 2 else { return nil }
        switch resource[0] {
        case "foundation-model":
            return parts[4].isEmpty ? table[String(resource[1])].map { Resolution(model: $0, isProfile: false) } : nil
        case "inference-profile":
            return resolveName(String(resource[1])).flatMap { $0.isProfile ? $0 : nil }
        case "application-inference-profile", "provisioned-model", "imported-model", "custom-model",
            "custom-model-deployment", "prompt-router", "default-prompt-router":
            return Resolution(model: nova("amazon.nova-lite-v1:0"), isProfile: true)
        default: return nil
        }
    }

    private static func resolveName(_ name: String) -> Resolution? {
        if let model = table[name] { return Resolution(model: model, isProfile: false) }
        guard let dot = name.firstIndex(of: "."), geographies.contains(String(name[..<dot])),
            let model = table[String(name[name.index(after: dot)...])]
        else { return nil }
        return Resolution(model: model, isProfile: true)
    }
}
