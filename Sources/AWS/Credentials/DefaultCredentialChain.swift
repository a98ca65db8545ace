import Synchronization

/// The places where AWS programs look for credentials, in botocore's order; the first that holds some wins.
///
/// 1. environment variables, 2. a profile that assumes a role, 3. web identity, 4. the credentials file, 5. a
/// credential process, 6. static keys in the config file, 7. the container's agent, 8. the instance metadata service.
/// Sign-in through a browser is recognised and reported. Every `load` walks the chain anew and reads the files again.
/// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
final class DefaultCredentialChain: AWSCredentialSource {
    /// Where the credentials were found last.
    var name: String { lastSource.withLock { $0 } ?? "the default chain" }
    private let environment: [String: String]
    private let runtime: CredentialRuntime
    private let lastSource = Mutex<String?>(nil)

    init(environment: [String: String], runtime: CredentialRuntime) {
        self.environment = environment
        self.runtime = runtime
    }

    /// - Throws: what the chosen place throws; `.notFound` when no place holds any, `.unreachable` instead if the
    ///   metadata service did hold some before.
    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        if let credentials = try EnvironmentCredentials(environment: environment).read() {
            return found(credentials, "environment")
        }
        let configuration = try SharedConfiguration.load(environment: environment)
        for source in try sources(configuration) {
            if let credentials = try await source.load() { return found(credentials, source.name) }
        }
        let hadMetadata = lastSource.withLock { $0 == "instance metadata" }
        throw AWSCredentialError(
            hadMetadata ? .unreachable : .notFound,
            detail: hadMetadata
                ? "the instance metadata service hands out none any more"
                : "tried environment, shared files, web identity, container and instance metadata"
        )
    }

    private func found(_ credentials: AWSCredentials, _ source: String) -> AWSCredentials {
        lastSource.withLock { $0 = source }
        return credentials
    }

    private func sources(
        _ configuration: SharedConfiguration
    ) throws(AWSCredentialError) -> [any AWSCredentialSource] {
        let profile = try configuration.activeProfile()
        let client = STSClient(runtime: runtime, endpoint: try stsEndpoint(configuration))
        var sources: [any AWSCredentialSource] = []
        let plan =
            if let role = try configuration.rolePlan(for: configuration.profileName) {
                role
            } else {
                try configuration.ownPlan(for: configuration.profileName, environment: environment) as ProfilePlan?
            }
        if let plan {
            sources.append(ProfileCredentials(plan: plan, environment: environment, profile: profile, client: client))
        }
        sources.append(ContainerCredentials(environment: environment, runtime: runtime))
        sources.append(
            InstanceMetadataCredentials(
                settings: try InstanceMetadataSettings(environment: environment, profile: profile),
                runtime: runtime
            )
        )
        return sources
    }

    /// STS of the configured region; without one any region's STS will do.
    private func stsEndpoint(_ configuration: SharedConfiguration) throws(AWSCredentialError) -> AWSEndpoint {
        let region =
            try? AWSRegion.configured(
                extraData: nil,
                environment: environment,
                profileRegion: configuration.region
            )
        return try .usable(
            .sts,
            region: region ?? .northVirginia,
            settings: configuration.endpointSettings(environment: environment)
        )
    }
}
