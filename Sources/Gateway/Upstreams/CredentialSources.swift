import AWS
import Bedrock

/// The credentials of the process and of its upstreams, most specific first.
final class CredentialSources: Sendable {
    private let environment: any AWSCredentialProvider
    private let bearerToken: String?

    init(configuration: Configuration) {
        environment = EnvironmentCredentials(environment: configuration.environment)
        bearerToken = configuration.environment["AWS_BEARER_TOKEN_BEDROCK"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Throws: `AWSCredentialError` for incomplete extra data.
    func authentication(
        _ extraData: UpstreamExtraData, region: AWSRegion, endpoint: AWSEndpoint
    ) throws(AWSCredentialError) -> Upstream.Authentication {
        if extraData.accessKeyID != nil || extraData.secretAccessKey != nil {
            guard let id = extraData.accessKeyID, let secret = extraData.secretAccessKey else {
                throw AWSCredentialError(.invalidExtraData)
            }
            let credentials = AWSCredentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: extraData.sessionToken)
            return .signature(StaticCredentials(credentials))
        }
        if let bearerToken { return .bearer(bearerToken) }
        return .signature(environment)
    }
}
