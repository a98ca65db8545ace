/// Why a service has no usable address.
public enum AWSEndpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The partition of the region offers no dual-stack endpoints.
    case noDualStack(region: String)
    /// The configured address is not an absolute `http` or `https` URL without user information.
    case invalidOverride(service: AWSService)

    public var description: String {
        switch self {
        case .noDualStack(let region):
            "Region \(region) has no dual-stack endpoints; unset AWS_USE_DUALSTACK_ENDPOINT"
        case .invalidOverride(let service):
            "The endpoint URL configured for \(service.rawValue) is not a valid http or https URL; "
                + "check AWS_ENDPOINT_URL_\(service.environmentSuffix), AWS_ENDPOINT_URL and the profile's endpoint_url"
        }
    }
}

/// Where a service is called and what its requests are signed for.
public struct AWSEndpoint: Sendable, Equatable {
    /// Scheme, host, port and base path; no slash at the end.
    public let baseURL: String
    /// Host without port, lower case.
    public let host: String
    /// The region of the signature's scope: `us-east-1` for the global STS, whatever region was asked for.
    public let signingRegion: String
    /// The service of the signature's scope: `bedrock` or `sts`.
    public let signingName: String
    /// Whether bearer tokens may be sent: TLS, or a host that is this machine.
    public let isConfidential: Bool

    /// The address of `service` in `region`.
    /// - Throws: `AWSEndpointError`.
    public static func resolve(
        _ service: AWSService,
        region: AWSRegion,
        settings: AWSEndpointSettings
    ) throws(AWSEndpointError) -> AWSEndpoint {
        if let override = settings.overrides[service] {
            guard let endpoint = AWSEndpoint(override: override, service: service, region: region) else {
                throw .invalidOverride(service: service)
            }
            return endpoint
        }
        if service == .sts, settings.usesLegacySTS, !settings.usesFIPS, !settings.usesDualStack,
            regionsOfGlobalSTS.contains(region.name)
        {
            return AWSEndpoint(host: "sts.amazonaws.com", service: service, region: .northVirginia)
        }
        return AWSEndpoint(
            host: try host(of: service, region: region, settings: settings),
            service: service,
            region: region
        )
    }

    /// As ``resolve(_:region:settings:)``, for those who need credentials for the address as well.
    /// - Throws: `AWSCredentialError`, cause `.invalidEndpoint`.
    public static func usable(
        _ service: AWSService,
        region: AWSRegion,
        settings: AWSEndpointSettings
    ) throws(AWSCredentialError) -> AWSEndpoint {
        do throws(AWSEndpointError) {
            return try resolve(service, region: region, settings: settings)
        } catch {
            throw AWSCredentialError(.invalidEndpoint, detail: error.description)
        }
    }

    private static func host(
        of service: AWSService,
        region: AWSRegion,
        settings: AWSEndpointSettings
    ) throws(AWSEndpointError) -> String {
        let partition = AWSPartition.of(region)
        var domain = partition.domain
        if settings.usesDualStack {
            guard let dualStackDomain = partition.dualStackDomain else { throw .noDualStack(region: region.name) }
            domain = dualStackDomain
        }
        // GovCloud's ordinary STS is validated for FIPS itself.
        let isValidatedAnyway = service == .sts && partition.id == "aws-us-gov" && !settings.usesDualStack
        let suffix = settings.usesFIPS && !isValidatedAnyway ? "-fips" : ""
        return service.hostLabel + suffix + "." + region.name + "." + domain
    }

    private init(host: String, service: AWSService, region: AWSRegion) {
        baseURL = "https://" + host
        self.host = host
        signingRegion = region.name
        signingName = service.signingName
        isConfidential = true
    }

    private init?(override: String, service: AWSService, region: AWSRegion) {
        guard let parts = URLParts(override), parts.query == nil else { return nil }
        let path = parts.path.utf8.reversed().drop { $0 == UInt8(ascii: "/") }.reversed()
        let port = parts.port.map { ":\($0)" } ?? ""
        baseURL = parts.scheme + "://" + parts.host + port + String(decoding: Array(path), as: UTF8.self)
        host = parts.host
        signingRegion = region.name
        signingName = service.signingName
        isConfidential = parts.scheme == "https" || parts.isLoopback
    }

    /// Regions that had no STS of their own once; in later ones "legacy" means regional too.
    private static let regionsOfGlobalSTS: Set<String> = [
        "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global", "ca-central-1",
        "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2",
        "us-west-1", "us-west-2",
    ]
}
