import Adapters
import Catalog
import JSON

/// The adapter of each family.
struct AdapterRegistry: Sendable {
    /// - Parameter configuration: of a chat completion, which moves Claude to Converse by what only that API has.
    /// - Returns: nil for models that do not chat.
    func chatAdapter(for deployment: Deployment, configuration: JSONObject? = nil) -> (any ChatAdapter)? {
        switch deployment.profile.family {
        case .claude: ClaudeConfiguration.needsConverse(configuration) ? ConverseAdapter() : ClaudeMessagesAdapter()
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
}
