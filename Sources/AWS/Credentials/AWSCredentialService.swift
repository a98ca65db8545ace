import Synchronization

/// All credentials of the process: the default chain and the roles that upstreams ask for, each cached.
///
/// Safe to use from any thread. Who asks for another role, or in another region, gets credentials of his own.
public final class AWSCredentialService: Sendable {
    private let runtime: CredentialRuntime
    private let endpointSettings: AWSEndpointSettings
    private let chain: RotatingCredentialProvider
    private let roles: Mutex<LeastRecentlyUsedCache<RoleKey, RotatingCredentialProvider>>

    /// What makes two callers share credentials. The default chain's assume all roles.
    private struct RoleKey: Hashable {
        var parameters: AssumeRoleParameters
        var region: AWSRegion
    }

    /// - Parameters:
    ///   - environment: the process environment.
    ///   - endpointSettings: where STS is for the adapter's own roles.
    public convenience init(
        environment: [String: String],
        endpointSettings: AWSEndpointSettings,
        runtime: CredentialRuntime
    ) {
        self.init(
            source: DefaultCredentialChain(environment: environment, runtime: runtime),
            endpointSettings: endpointSettings,
            runtime: runtime
        )
    }

    /// - Parameter capacity: roles kept at a time; the one that was not used for the longest gives way.
    init(
        source: any AWSCredentialSource,
        endpointSettings: AWSEndpointSettings,
        runtime: CredentialRuntime,
        capacity: Int = 512
    ) {
        self.runtime = runtime
        self.endpointSettings = endpointSettings
        chain = RotatingCredentialProvider(source, runtime: runtime, windows: .standard)
        roles = Mutex(LeastRecentlyUsedCache(capacity: capacity))
    }

    /// - Parameter region: where STS is called for a role.
    /// - Throws: `AWSCredentialError`, cause `.invalidEndpoint`, when STS has no usable address.
    public func authentication(
        for choice: AWSCredentialChoice,
        region: AWSRegion
    ) throws(AWSCredentialError) -> AWSAuthentication {
        switch choice {
        case .staticKeys(let credentials): return .signature(StaticCredentials(credentials, now: runtime.now))
        case .bearerToken(let token): return .bearer(token)
        case .defaultChain: return .signature(chain)
        case .assumeRole(let roleARN):
            let parameters = AssumeRoleParameters(roleARN: roleARN, sessionName: RoleSessionName.adapter)
            return .signature(try role(RoleKey(parameters: parameters, region: region)))
        }
    }

    private func role(_ key: RoleKey) throws(AWSCredentialError) -> RotatingCredentialProvider {
        if let known = roles.withLock({ $0[key] }) { return known }
        let endpoint = try AWSEndpoint.usable(.sts, region: key.region, settings: endpointSettings)
        let source = AssumeRoleCredentials(
            parameters: key.parameters,
            source: chain,
            client: STSClient(runtime: runtime, endpoint: endpoint)
        )
        let provider = RotatingCredentialProvider(source, runtime: runtime, windows: .assumedRole)
        // Another caller may have been quicker; then that one's provider is shared.
        return roles.withLock { roles in
            if let known = roles[key] { return known }
            roles[key] = provider
            return provider
        }
    }
}
