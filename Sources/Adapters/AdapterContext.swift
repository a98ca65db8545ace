import Bedrock
import Catalog
import DIAL

/// What an adapter needs to know besides the request.
public struct AdapterContext: Sendable {
    public let deployment: Deployment
    public let upstream: UpstreamKind
    /// Files that a request refers to.
    public var attachments: any AttachmentLoader
    /// `CLAUDE_DEFAULT_MAX_TOKENS`.
    public let claudeDefaultMaxTokens: Int

    public init(
        deployment: Deployment,
        upstream: UpstreamKind = .bedrock,
        attachments: any AttachmentLoader,
        claudeDefaultMaxTokens: Int = 1536
    ) {
        self.deployment = deployment
        self.upstream = upstream
        self.attachments = attachments
        self.claudeDefaultMaxTokens = claudeDefaultMaxTokens
    }
}
