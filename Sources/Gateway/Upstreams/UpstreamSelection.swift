import AWS
import Adapters
import Bedrock
import Catalog
import DIAL

/// Decides where the calls of one request go. Source: "AWS authentication: choice of the upstream".
struct UpstreamSelection: Sendable {
    let configuration: Configuration
    let credentials: CredentialSources

    /// - Parameter usesConverse: whether a Claude deployment is called through Converse.
    /// - Throws: `DIALError` when the request's upstream is not usable for the deployment.
    func upstream(
        for deployment: Deployment, headers: RequestHeaders, usesConverse: Bool
    ) throws(DIALError) -> (Upstream, UpstreamKind) {
        let isAnthropic = deployment.profile.family.implementation == .anthropicMessages && !usesConverse
        let retries =
            isAnthropic
            ? RetryPolicy(rules: .anthropic, retries: configuration.anthropicRetries)
            : RetryPolicy(rules: .aws, retries: configuration.bedrockRetries)
        if let key = headers.upstreamKey {
            return (try anthropic(deployment, key, isAnthropic, usesConverse, retries), .anthropic)
        }
        return (try bedrock(headers.extraData, retries), .bedrock)
    }

    private func anthropic(
        _ deployment: Deployment, _ key: String, _ isAnthropic: Bool, _ usesConverse: Bool, _ retries: RetryPolicy
    ) throws(DIALError) -> Upstream {
        guard !usesConverse else {
            throw .invalidRequest(
                "performanceConfig and guardrailConfig need AWS Bedrock, but the upstream has an Anthropic API key")
        }
        guard isAnthropic else {
            throw .invalidRequest(
                "The deployment '\(deployment.deploymentID)' cannot be called with an API key: X-UPSTREAM-KEY is for Claude 3 and later")
        }
        guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .internalServerError("The X-UPSTREAM-KEY header has characters that a key must not have")
        }
        return Upstream(anthropicBaseURL: configuration.anthropicBaseURL, key: key, retries: retries)
    }

    private func bedrock(_ extraData: UpstreamExtraData, _ retries: RetryPolicy) throws(DIALError) -> Upstream {
        do throws(AWSCredentialError) {
            let region = try AWSRegionChoice.resolve(
                extraData: extraData.region, environment: configuration.environment).region
            let endpoint: AWSEndpoint
            do throws(AWSEndpointError) {
                endpoint = try AWSEndpoint.resolve(.bedrockRuntime, region: region, settings: configuration.endpoints)
            } catch {
                throw AWSCredentialError(.invalidConfiguration, detail: error.description)
            }
            let authentication = try credentials.authentication(extraData, region: region, endpoint: endpoint)
            return Upstream(endpoint: endpoint, authentication: authentication, retries: retries)
        } catch {
            throw DIALError(
                status: error.status, message: error.message,
                type: error.status == 500 ? DIALError.internalServerType : nil)
        }
    }
}
