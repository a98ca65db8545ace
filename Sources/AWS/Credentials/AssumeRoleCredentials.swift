/// Credentials of a role, assumed with other credentials.
/// Source: AWS STS API, `AssumeRole`.
struct AssumeRoleCredentials: AWSCredentialSource {
    let name = "assumed role"
    let parameters: AssumeRoleParameters
    /// Who assumes the role.
    let source: any AWSCredentialProvider
    let client: STSClient

    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        try await client.call(.assumeRole(parameters, now: client.runtime.now()), signedBy: source)
    }
}

/// Makes a provider of a source for one use; nothing is kept.
struct DirectProvider: AWSCredentialProvider {
    let source: any AWSCredentialSource

    func credentials() async throws(AWSCredentialError) -> AWSCredentials {
        guard let credentials = try await source.load() else {
            throw AWSCredentialError(.notFound, detail: "\(source.name) holds none")
        }
        return credentials
    }
}
