import Adapters
import Catalog
import DIAL

/// The adapter of each family.
struct AdapterRegistry: Sendable {
    /// - Parameter usesConverse: whether a Claude deployment is called through Converse.
    /// - Returns: nil for models that do not chat.
    func chatAdapter(for deployment: Deployment, usesConverse: Bool = false) -> (any ChatAdapter)? {
        switch deployment.profile.family {
        case .claude: usesConverse ? ConverseAdapter() : ClaudeMessagesAdapter()
        case .converse: ConverseAdapter()
        case .claudeText: TextCompletionAdapter.claudeText
        case .titanText: TextCompletionAdapter.titanText
        case .command: TextCompletionAdapter.command
        case .stableDiffusionXL, .stableImage: StabilityAdapter()
        case .titanTextEmbeddings, .titanImageEmbeddings, .cohereEmbeddings: nil
        }
    }

    /// - Returns: nil for models that do not embed.
    func embeddingAdapter(for deployment: Deployment) -> (any EmbeddingAdapter)? {
        switch deployment.profile.family {
        case .titanTextEmbeddings, .titanImageEmbeddings: TitanEmbeddingAdapter()
        case .cohereEmbeddings: CohereEmbeddingAdapter()
        case .claude, .converse, .claudeText, .titanText, .command, .stableDiffusionXL, .stableImage: nil
        }
    }

    /// Whether the configuration of a request moves a Claude deployment to the Converse API, for what only that one has.
    func usesConverse(_ deployment: Deployment, _ request: ChatCompletionRequest) -> Bool {
        deployment.profile.family == .claude && ClaudeConfiguration.needsConverse(request.configuration)
    }
}
