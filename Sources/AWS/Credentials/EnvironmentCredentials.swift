import JSON

/// Credentials in environment variables.
/// Source: AWS SDKs and Tools Reference Guide, "AWS access keys".
struct EnvironmentCredentials: AWSCredentialSource {
    let name = "environment"
    let environment: [String: String]

    /// Nil without `AWS_ACCESS_KEY_ID`. The session token is `AWS_SECURITY_TOKEN`, else `AWS_SESSION_TOKEN`; an empty
    /// variable counts as absent.
    /// - Throws: `.partialCredentials` without `AWS_SECRET_ACCESS_KEY`, `.invalidConfiguration` for an
    ///   `AWS_CREDENTIAL_EXPIRATION` that is not a time.
    func read() throws(AWSCredentialError) -> AWSCredentials? {
        guard let accessKeyID = value("AWS_ACCESS_KEY_ID") else { return nil }
        guard let secretAccessKey = value("AWS_SECRET_ACCESS_KEY") else {
            throw AWSCredentialError(.partialCredentials, detail: "AWS_SECRET_ACCESS_KEY is not set")
        }
        var expiration: Double?
        if let text = value("AWS_CREDENTIAL_EXPIRATION") {
            guard let seconds = UTCTime.unixSeconds(iso8601: text) else {
                throw AWSCredentialError(
                    .invalidConfiguration,
                    detail: "AWS_CREDENTIAL_EXPIRATION is not an ISO 8601 time"
                )
            }
            expiration = seconds
        }
        return AWSCredentials(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: value("AWS_SECURITY_TOKEN") ?? value("AWS_SESSION_TOKEN"),
            expiration: expiration
        )
    }

    func load() async throws(AWSCredentialError) -> AWSCredentials? { try read() }

    private func value(_ name: String) -> String? {
        environment[name]?.nonEmpty
    }
}
