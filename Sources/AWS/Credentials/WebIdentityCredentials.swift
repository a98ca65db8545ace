/// Credentials of a role for the holder of a token in a file, as EKS gives it to a pod.
/// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider", `web_identity_token_file`.
struct WebIdentityCredentials: AWSCredentialSource {
    struct Settings: Sendable, Equatable {
        var tokenFile: String
        var roleARN: String
        /// As in ``AssumeRoleParameters``.
        var sessionName: String?

        /// Nil when no token file is named; variables come before the profile, each by itself.
        /// - Throws: `.invalidConfiguration` when no role is named.
        init?(environment: [String: String], profile: SharedConfiguration.Profile?) throws(AWSCredentialError) {
            let settings = LayeredSettings(environment: environment, profile: profile?.merged ?? [:])
            guard let tokenFile = settings.value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
                return nil
            }
            guard let roleARN = settings.value("AWS_ROLE_ARN", "role_arn") else {
                throw AWSCredentialError(
                    .invalidConfiguration,
                    detail: "a web identity token file is configured without AWS_ROLE_ARN"
                )
            }
            self.tokenFile = tokenFile
            self.roleARN = roleARN
            sessionName = settings.value("AWS_ROLE_SESSION_NAME", "role_session_name")
        }
    }

    let name = "web identity"
    let settings: Settings
    let client: STSClient

    /// Reads the token anew each time: it is replaced before it expires.
    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        var token: [UInt8]
        switch LocalFile.read(settings.tokenFile) {
        case .bytes(let bytes): token = bytes
        case .missing:
            throw AWSCredentialError(.invalidConfiguration, detail: "the web identity token file does not exist")
        case .unreadable(let reason):
            throw AWSCredentialError(
                .invalidConfiguration,
                detail: "the web identity token file cannot be read: \(reason)"
            )
        }
        if token.last == 0x0A { token.removeLast() }
        let request = STSRequest.assumeRoleWithWebIdentity(
            roleARN: settings.roleARN,
            sessionName: settings.sessionName,
            token: String(decoding: token, as: UTF8.self),
            now: client.runtime.now()
        )
        return try await client.call(request, signedBy: nil)
    }
}
