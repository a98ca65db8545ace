/// What decides the address of a service besides its region.
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints", "Dual-stack and FIPS endpoints".
public struct AWSEndpointSettings: Sendable, Equatable {
    /// `AWS_USE_FIPS_ENDPOINT`, `use_fips_endpoint`
    public var usesFIPS = false
    /// `AWS_USE_DUALSTACK_ENDPOINT`, `use_dualstack_endpoint`
    public var usesDualStack = false
    /// `AWS_STS_REGIONAL_ENDPOINTS=legacy`, `sts_regional_endpoints`
    public var usesLegacySTS = false
    /// Address that replaces a service's own, the most specific of what is configured; none when
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is set.
    public var overrides: [AWSService: String] = [:]

    /// - Parameters:
    ///   - environment: the process environment; it comes before the profile, per setting.
    ///   - profile: keys of the profile.
    ///   - profileServices: by key of the service (`bedrock_runtime`), the nested keys of the profile's `[services …]`
    ///     section.
    public init(
        environment: [String: String],
        profile: [String: String] = [:],
        profileServices: [String: [String: String]] = [:]
    ) {
        let settings = LayeredSettings(environment: environment, profile: profile)
        usesFIPS = settings.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        usesDualStack = settings.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        usesLegacySTS = settings.value("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints")?.lowercased() == "legacy"
        guard !settings.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") else { return }
        for service in AWSService.allCases {
            let candidates = [
                environment["AWS_ENDPOINT_URL_" + service.environmentSuffix], environment["AWS_ENDPOINT_URL"],
                profileServices[service.configurationKey]?["endpoint_url"], profile["endpoint_url"],
            ]
            overrides[service] = candidates.compactMap(\.self).first { !$0.isEmpty }
        }
    }
}
