/// Where a Messages request came in: the two speak the same but for a few words.
enum MessagesTransport: Sendable {
    case bedrock, anthropic

    var isBedrock: Bool { self == .bedrock }

    /// What the ids of tool calls begin with.
    var callPrefix: String { isBedrock ? "toolu_bdrk_" : "toolu_" }

    var messagePrefix: String { isBedrock ? "msg_bdrk_" : "msg_" }

    func knows(beta: String, model: SandboxModel) -> Bool {
        switch self {
        case .anthropic: return Self.bedrockBetas.contains(beta) || Self.anthropicBetas.contains(beta)
        case .bedrock:
            // Bedrock refuses the flag where the model has not the feature; Anthropic overlooks it.
            if beta.hasPrefix("interleaved-thinking-") { return model.interleavesThinking }
            if beta.hasPrefix("output-128k-") { return model.outputBeta != nil }
            return Self.bedrockBetas.contains(beta)
        }
    }

    /// Source: AWS user guide, "Anthropic Claude Messages API: request and response", `anthropic_beta`.
    private static let bedrockBetas: Set<String> = [
        "computer-use-2024-10-22", "computer-use-2025-01-24", "token-efficient-tools-2025-02-19",
        "interleaved-thinking-2025-05-14", "output-128k-2025-02-19", "dev-full-thinking-2025-05-14",
        "context-1m-2025-08-07", "context-management-2025-06-27", "effort-2025-11-24", "tool-search-tool-2025-10-19",
        "tool-examples-2025-10-29",
    ]

    /// Source: Anthropic API reference, "Beta headers".
    private static let anthropicBetas: Set<String> = [
        "message-batches-2024-09-24", "prompt-caching-2024-07-31", "pdfs-2024-09-25", "token-counting-2024-11-01",
        "files-api-2025-04-14", "mcp-client-2025-04-04", "mcp-client-2025-11-20", "code-execution-2025-05-22",
        "extended-cache-ttl-2025-04-11", "model-context-window-exceeded-2025-08-26", "skills-2025-10-02",
        "fast-mode-2026-02-01", "compact-2026-01-12", "structured-outputs-2025-11-13",
    ]
}
