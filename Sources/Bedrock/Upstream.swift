import AWS

/// Whose limits of connections hold for a call.
public enum ConnectionPool: String, Sendable, CaseIterable {
    /// Converse and InvokeModel.
    case bedrock
    /// Claude's Messages API, at Bedrock or at Anthropic.
    case anthropicMessages = "anthropic"
}

/// Whose API a call goes to.
public enum UpstreamKind: Sendable, Hashable {
    /// Bedrock, signed or with a Bedrock API key.
    case bedrock
    /// Anthropic's own API, with the key of the request.
    case anthropic
}

/// Where a call goes, and how it proves who it comes from.
public struct Upstream: Sendable {
    /// What every call carries; nothing of it is for the log.
    public enum Authentication: Sendable {
        /// Signature Version 4, or an Amazon Bedrock API key.
        case aws(AWSAuthentication)
        /// A key of Anthropic's own API.
        case anthropicKey(String)
    }

    /// Scheme, host, port and base path; no slash at the end.
    public let baseURL: String
    /// Whose clock signatures go by; empty for Anthropic's own API, where nothing is signed.
    let host: String
    /// The region of the signature's scope; empty for Anthropic's own API.
    public let signingRegion: String
    /// The service of the signature's scope, `bedrock` for instance; empty for Anthropic's own API.
    public let signingName: String
    public let authentication: Authentication
    public let retries: RetryPolicy
    /// Whose limit a call counts towards.
    public let pool: ConnectionPool

    /// As the key tells.
    public var kind: UpstreamKind {
        if case .anthropicKey = authentication { .anthropic } else { .bedrock }
    }

    /// - Parameter endpoint: an endpoint of Bedrock.
    public init(endpoint: AWSEndpoint, authentication: AWSAuthentication, retries: RetryPolicy, pool: ConnectionPool) {
        baseURL = endpoint.baseURL
        host = endpoint.host
        signingRegion = endpoint.signingRegion
        signingName = endpoint.signingName
        self.authentication = .aws(authentication)
        self.retries = retries
        self.pool = pool
    }

    /// - Parameter anthropicBaseURL: `https://api.anthropic.com` or what stands in for it.
    public init(anthropicBaseURL: String, key: String, retries: RetryPolicy) {
        baseURL = anthropicBaseURL
        host = ""
        signingRegion = ""
        signingName = ""
        authentication = .anthropicKey(key)
        self.retries = retries
        pool = .anthropicMessages
    }
}
