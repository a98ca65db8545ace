import AWS
import Bedrock
import Catalog
import DIAL
import Logging
import Synchronization

/// Decides where the calls of one request go. Source: "AWS authentication: choice of the upstream".
final class UpstreamSelection: Sendable {
    private let configuration: Configuration
    private let credentials: AWSCredentialService
    private let logger: Logger
    /// What requests that bring no credentials are sent with, by the region they name: nearly all requests.
    private let common = Mutex<[String: Target]>([:])
    private static let commonLimit = 64

    private struct Target {
        let endpoint: AWSEndpoint
        let authentication: AWSAuthentication
    }

    init(configuration: Configuration, credentials: AWSCredentialService, logger: Logger) {
        self.configuration = configuration
        self.credentials = credentials
        self.logger = logger
    }

    /// - Parameter pool: of the adapter.
    /// - Throws: `DIALError` when the request's upstream is not usable for the deployment.
    func upstream(
        for deployment: Deployment,
        headers: RequestHeaders,
        pool: ConnectionPool
    ) throws(DIALError) -> Upstream {
        let retries =
            switch pool {
            case .bedrock: RetryPolicy(rules: .aws, retries: configuration.calls.bedrockRetries)
            case .anthropicMessages: RetryPolicy(rules: .anthropic, retries: configuration.calls.anthropicRetries)
            }
        if let key = headers.upstreamKey {
            guard pool == .anthropicMessages else { throw Self.keyRefused(deployment) }
            return try anthropic(key, retries)
        }
        let extraData = try headers.extraData.get()
        do throws(AWSCredentialError) {
            let target = try bedrock(extraData)
            return Upstream(
                endpoint: target.endpoint,
                authentication: target.authentication,
                retries: retries,
                pool: pool
            )
        } catch {
            // The client is told the cause only; what to put right is the operator's.
            logger.warning("\(error)")
            throw DIALError(
                status: error.status,
                message: error.message,
                type: error.status == 500 ? DIALError.internalServerType : nil
            )
        }
    }

    /// Anthropic has the Messages API alone.
    private static func keyRefused(_ deployment: Deployment) -> DIALError {
        if deployment.profile.family == .claude {
            .invalidRequest(
                "performanceConfig and guardrailConfig need AWS Bedrock, but the upstream has an Anthropic API key"
            )
        } else {
            .invalidRequest(
                "The deployment '\(deployment.deploymentID)' cannot be called with an API key: "
                    + "X-UPSTREAM-KEY is for Claude 3 and later"
            )
        }
    }

    private func anthropic(_ key: String, _ retries: RetryPolicy) throws(DIALError) -> Upstream {
        guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .internalServerError("The X-UPSTREAM-KEY header has characters that a key must not have")
        }
        return Upstream(anthropicBaseURL: configuration.anthropicBaseURL, key: key, retries: retries)
    }

    private func bedrock(_ extraData: UpstreamExtraData) throws(AWSCredentialError) -> Target {
        guard extraData.credentials == UpstreamCredentialFields() else { return try resolve(extraData) }
        let key = extraData.region ?? ""
        if let known = common.withLock({ $0[key] }) { return known }
        let target = try resolve(extraData)
        common.withLock { if $0.count < Self.commonLimit { $0[key] = target } }
        return target
    }

    /// - Throws: what is wrong with the profile, where the region would stand.
    private func region(_ extraData: UpstreamExtraData) throws(AWSCredentialError) -> AWSRegion {
        do throws(AWSCredentialError) {
            return try AWSRegion.configured(
                extraData: extraData.region,
                environment: configuration.environment,
                profileRegion: try? configuration.profileRegion.get()
            )
        } catch  where error.cause == .noRegion {
            _ = try configuration.profileRegion.get()
            throw error
        }
    }

    private func resolve(_ extraData: UpstreamExtraData) throws(AWSCredentialError) -> Target {
        let region = try region(extraData)
        let endpoint = try AWSEndpoint.usable(.bedrockRuntime, region: region, settings: configuration.endpoints)
        let choice = try AWSCredentialChoice(extraData: extraData.credentials, environment: configuration.environment)
        let authentication = try credentials.authentication(for: choice, region: region)
        // A key sent in the clear is everybody's.
        if case .bearer = authentication, !endpoint.isConfidential {
            throw AWSCredentialError(
                .invalidConfiguration,
                detail: "AWS_BEARER_TOKEN_BEDROCK is not sent to an http endpoint"
            )
        }
        return Target(endpoint: endpoint, authentication: authentication)
    }
}
