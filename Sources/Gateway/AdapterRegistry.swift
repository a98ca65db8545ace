import Adapters
import Catalog
import DIAL

/// The adapter of each family.
struct AdapterRegistry: Sendable {
    private let converse = ConverseAdapter()
    private let claudeMessages = ClaudeMessagesAdapter()

    /// - Parameter usesConverse: whether a Claude deployment is called through Converse.
    func chatAdapter(for deployment: Deployment, usesConverse: Bool = false) -> (any ChatAdapter)? {
        switch deployment.profile.family.implementation {
        case .converse: converse
        case .anthropicMessages: usesConverse ? converse : claudeMessages
        case .invokeModel: nil
        }
    }

    /// Whether the configuration of a request moves a Claude deployment to the Converse API, for what only that one has.
    func usesConverse(_ deployment: Deployment, _ request: ChatCompletionRequest) -> Bool {
        deployment.profile.family.implementation == .anthropicMessages
            && ClaudeRouting.needsConverse(configuration: request.customFields?.configuration)
    }
}
