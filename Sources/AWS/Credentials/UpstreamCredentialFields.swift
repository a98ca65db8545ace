/// The credential members of the upstream's extra data; an empty text counts as absent.
/// Source: DIAL Core, `extraData` of a model's upstream.
public struct UpstreamCredentialFields: Sendable, Hashable {
    /// `aws_access_key_id`
    public var accessKeyID: String?
    /// `aws_secret_access_key`
    public var secretAccessKey: String?
    /// `aws_session_token`
    public var sessionToken: String?
    /// `aws_assume_role_arn`
    public var roleARN: String?

    public init(
        accessKeyID: String? = nil,
        secretAccessKey: String? = nil,
        sessionToken: String? = nil,
        roleARN: String? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.roleARN = roleARN
    }
}
