/// How one call proves who it is.
public enum AWSAuthentication: Sendable {
    case signature(any AWSCredentialProvider)
    /// Value for `Authorization: Bearer`; refuse to send it unless `AWSEndpoint.isConfidential`.
    case bearer(String)
}
