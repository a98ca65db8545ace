/// Credentials as a `ProfilePlan` says.
struct ProfileCredentials: AWSCredentialSource {
    let plan: ProfilePlan
    let environment: [String: String]
    /// The one in use, which the plan may have left for another.
    let profile: SharedConfiguration.Profile?
    let client: STSClient

    var name: String {
        switch plan {
        case .staticKeys: "shared files"
        case .assumeRole: "profile with assumed role"
        case .webIdentity: "web identity"
        case .command: "credential process"
        case .environment: "environment"
        case .instanceMetadata: "instance metadata"
        case .container: "container"
        }
    }

    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        try await source().load()
    }

    private func source() throws(AWSCredentialError) -> any AWSCredentialSource {
        switch plan {
        case .staticKeys(let credentials):
            return StaticCredentials(credentials)
        case .assumeRole(let role, let source):
            let provider = DirectProvider(
                source: ProfileCredentials(plan: source, environment: environment, profile: profile, client: client)
            )
            return AssumeRoleCredentials(parameters: role, source: provider, client: client)
        case .webIdentity(let settings):
            return WebIdentityCredentials(settings: settings, client: client)
        case .command(let command):
            return CommandCredentials(command: command, environment: environment)
        case .environment:
            return EnvironmentCredentials(environment: environment)
        case .instanceMetadata:
            return InstanceMetadataCredentials(
                settings: try InstanceMetadataSettings(environment: environment, profile: profile),
                runtime: client.runtime
            )
        case .container:
            return ContainerCredentials(environment: environment, runtime: client.runtime)
        }
    }
}
