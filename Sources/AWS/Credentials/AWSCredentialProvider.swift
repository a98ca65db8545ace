/// Hands out credentials that are valid now.
public protocol AWSCredentialProvider: Sendable {
    /// - Throws: `AWSCredentialError`.
    func credentials() async throws(AWSCredentialError) -> AWSCredentials

    /// AWS refused these credentials as expired or unknown: do not hand them out again if others can be had.
    func invalidate(_ rejected: AWSCredentials)
}

extension AWSCredentialProvider {
    /// Keeps what was refused: the provider has no others.
    public func invalidate(_ rejected: AWSCredentials) {}
}

/// A place where credentials may be found. It keeps nothing: every `load` looks anew.
protocol AWSCredentialSource: Sendable {
    /// For the log.
    var name: String { get }

    /// Nil when this place holds none, so that the next one is asked.
    /// - Throws: `AWSCredentialError` when it ought to hold some and does not.
    func load() async throws(AWSCredentialError) -> AWSCredentials?
}
