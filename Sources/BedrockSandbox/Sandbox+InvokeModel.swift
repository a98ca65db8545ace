// MARK: - InvokeModel and InvokeModelWithResponseStream

extension Sandbox {
    /// Each family has a body of its own, and a folder that knows it.
    ///
    /// Source: Bedrock API reference, InvokeModel and InvokeModelWithResponseStream; the bodies are those of the user
    /// guide's "Inference request parameters and response fields".
    func invokeModel(_ invocation: Invocation) throws(AWSError) -> SandboxAnswer {
        switch invocation.model.family {
        case .claude: return try messages(invocation)
        case .nova, .llama, .deepSeek, .jamba, .commandR, .other:
            throw .validation("The sandbox knows this model over Converse only.")
        case .claudeText: return try answer(ClaudeTextModel(invocation), invocation)
        case .titanText: return try answer(TitanTextModel(invocation), invocation)
        case .command: return try answer(CommandModel(invocation), invocation)
        case .stableDiffusionXL: return try answer(StableDiffusionXLModel(invocation), invocation)
        case .stableImage: return try answer(StableImageModel(invocation), invocation)
        case .titanEmbedding: return try answer(TitanEmbeddingModel(invocation), invocation)
        case .cohereEmbedding: return try answer(CohereEmbeddingModel(invocation), invocation)
        }
    }

    private func answer(_ body: some ModelBody, _ invocation: Invocation) throws(AWSError) -> SandboxAnswer {
        try answer(invocation.order(prompt: body.userText)) { directives throws(AWSError) in
            try body.answer(directives, rate: configuration.tokensPerSecond)
        }
    }
}
