import HTTPClient
import JSON

/// Credentials of an ECS task or an EKS pod from the agent next to it.
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
struct ContainerCredentials: AWSCredentialSource {
    private static let maximumAttempts = 3
    private static let timeout = Duration.seconds(2)

    let name = "container"
    let environment: [String: String]
    let runtime: CredentialRuntime

    /// Nil when neither of the two variables is set; then any failure is an error.
    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        guard let url = try Self.url(environment: environment) else { return nil }
        var lastFailure = ""
        var isReachable = false
        for attempt in 1...Self.maximumAttempts {
            // The token's file is replaced from time to time, so it is read for every attempt.
            let headers = [HTTPHeader("Accept", "application/json")] + (try authorization())
            let result = try await runtime.fetch(
                runtime.metadataRequest("GET", url, headers: headers, timeout: Self.timeout)
            )
            if let body = result.body,
                let credentials = CredentialDocument.read(body, tokenMember: "Token", requiresExpiration: false)
            {
                return credentials
            }
            lastFailure = result.body == nil ? result.summary : "an answer that is not credentials"
            if case .answer(let answer) = result { isReachable = answer.status < 500 && answer.status != 429 }
            if attempt < Self.maximumAttempts { await runtime.sleep(.seconds(1)) }
        }
        throw AWSCredentialError(
            isReachable ? .invalidAnswer : .unreachable,
            detail: "container credentials: \(lastFailure)"
        )
    }

    /// - Throws: `.invalidConfiguration` for an address that is neither this host's agent nor reached by TLS.
    static func url(environment: [String: String]) throws(AWSCredentialError) -> String? {
        if let relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]?.nonEmpty {
            let url = "http://169.254.170.2" + relative
            guard relative.hasPrefix("/"), URLParts(url) != nil else {
                throw AWSCredentialError(
                    .invalidConfiguration,
                    detail: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path"
                )
            }
            return url
        }
        guard let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]?.nonEmpty else { return nil }
        guard let parts = URLParts(full) else {
            throw AWSCredentialError(.invalidConfiguration, detail: "AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL")
        }
        let agents: Set<String> = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
        guard parts.scheme == "https" || parts.isLoopback || agents.contains(parts.host) else {
            throw AWSCredentialError(
                .invalidConfiguration,
                detail: "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https or a host known to serve credentials"
            )
        }
        return full
    }

    private func authorization() throws(AWSCredentialError) -> [HTTPHeader] {
        let token: String
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]?.nonEmpty {
            guard case .bytes(let bytes) = LocalFile.read(file) else {
                throw AWSCredentialError(
                    .invalidConfiguration,
                    detail: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read"
                )
            }
            token = String(decoding: bytes, as: UTF8.self)
        } else if let value = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]?.nonEmpty {
            token = value
        } else {
            return []
        }
        guard token.isPrintableASCII else {
            throw AWSCredentialError(
                .invalidConfiguration,
                detail: "the container authorization token holds a line break or is no ASCII"
            )
        }
        return [HTTPHeader("Authorization", token)]
    }
}
