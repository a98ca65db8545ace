import HTTPClient

/// Credentials of an EC2 instance's role, from the instance metadata service.
/// Source: Amazon EC2 User Guide, "Use IMDSv2" and "Retrieve security credentials from instance metadata".
struct InstanceMetadataCredentials: AWSCredentialSource {
    let name = "instance metadata"
    let settings: InstanceMetadataSettings
    let runtime: CredentialRuntime

    private static let path = "/latest/meta-data/iam/security-credentials/"

    private enum Token {
        case value(String)
        /// This host has only the first version of the service.
        case firstVersion
        /// The service is there and gives none. The first version may be open all the same.
        case withheld(reason: String)
        case none
    }

    /// Nil when the service is switched off, is not there, or the instance has no role.
    /// - Throws: `.unreachable` when the service is there and fails.
    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        guard !settings.isDisabled else { return nil }
        var headers: [HTTPHeader] = []
        var isService = false
        switch try await token() {
        case .none: return nil
        case .firstVersion where settings.isFirstVersionDisabled: return nil
        case .firstVersion: break
        case .withheld(let reason):
            guard !settings.isFirstVersionDisabled else { throw Self.failure(reason) }
            isService = true
        case .value(let token):
            isService = true
            headers = [HTTPHeader("x-aws-ec2-metadata-token", token)]
        }
        guard let role = try await get(Self.path, headers, isService: isService),
            case let roleName = String(decoding: role, as: UTF8.self).prefix(while: { !$0.isNewline }),
            !roleName.isEmpty
        else { return nil }
        let path =
            Self.path
            + PercentEncoding.encode(String(roleName)) {
                PercentEncoding.isUnreserved($0) || "+=,@".utf8.contains($0)
            }
        guard let document = try await get(path, headers, isService: isService),
            let credentials = CredentialDocument.read(document, tokenMember: "Token", requiresExpiration: true)
        else { return nil }
        return extended(credentials)
    }

    private func token() async throws(AWSCredentialError) -> Token {
        let header = HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")
        var last = Token.none
        for _ in 0..<settings.attempts {
            let result = try await runtime.fetch(
                runtime.metadataRequest(
                    "PUT",
                    settings.endpoint + "/latest/api/token",
                    headers: [header],
                    timeout: settings.timeout
                )
            )
            switch result {
            case .answer(let answer):
                switch answer.status {
                case 200:
                    let token = String(decoding: answer.body, as: UTF8.self)
                    return token.isPrintableASCII ? .value(token) : .none
                case 403, 404, 405: return .firstVersion
                case 400: return .none
                case 500...: last = .withheld(reason: result.summary)
                // Where something answers, the first version may work.
                default: last = .firstVersion
                }
            case .failed(.timeout):
                // Behind more network hops than the service allows, its answers do not arrive.
                return .withheld(
                    reason: "the request for a token was not answered; in a container the hop limit must be 2"
                )
            case .failed: continue
            }
        }
        return last
    }

    private static func failure(_ reason: String) -> AWSCredentialError {
        AWSCredentialError(.unreachable, detail: "instance metadata: \(reason)")
    }

    /// Nil when the service has nothing there.
    private func get(
        _ path: String,
        _ headers: [HTTPHeader],
        isService: Bool
    ) async throws(AWSCredentialError) -> [UInt8]? {
        var failure = ""
        for _ in 0..<settings.attempts {
            let result = try await runtime.fetch(
                runtime.metadataRequest(
                    "GET",
                    settings.endpoint + path,
                    headers: headers,
                    timeout: settings.timeout
                )
            )
            if let body = result.body { return body }
            failure = result.summary
            if headers.isEmpty, isService { failure = "no token, and without one: " + failure }
            if case .answer(let answer) = result, answer.status == 404 { return nil }
        }
        guard isService else { return nil }
        throw Self.failure(failure)
    }

    /// The service may hand out old credentials while it has trouble getting new ones, and AWS then honours them longer.
    private func extended(_ credentials: AWSCredentials) -> AWSCredentials {
        let window = 900 + 120 + runtime.random() * 480
        let now = runtime.now()
        guard let expiration = credentials.expiration, expiration - now < window else { return credentials }
        var extended = credentials
        extended.expiration = now + window
        runtime.note(.expirationExtended(until: now + window))
        return extended
    }
}

/// Where the metadata service is and how long to try.
struct InstanceMetadataSettings: Sendable, Equatable {
    /// Without a slash at the end.
    var endpoint: String
    var isDisabled: Bool
    var isFirstVersionDisabled: Bool
    /// Of one request.
    var timeout: Duration
    var attempts: Int

    /// - Throws: `.invalidConfiguration` for an endpoint that is not a URL and for numbers that are none.
    init(
        environment: [String: String],
        profile: SharedConfiguration.Profile? = nil
    ) throws(AWSCredentialError) {
        let settings = LayeredSettings(environment: environment, profile: profile?.merged ?? [:])
        func number(_ variable: String, _ key: String) throws(AWSCredentialError) -> Int {
            guard let text = settings.value(variable, key) else { return 1 }
            guard let number = Int(text), (1...60).contains(number) else {
                throw AWSCredentialError(.invalidConfiguration, detail: "\(variable) must be a number from 1 to 60")
            }
            return number
        }
        isDisabled = environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
        isFirstVersionDisabled = settings.flag("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")
        timeout = .seconds(try number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"))
        attempts = try number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")
        if let override = settings.value("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") {
            guard URLParts(override) != nil else {
                throw AWSCredentialError(
                    .invalidConfiguration,
                    detail: "AWS_EC2_METADATA_SERVICE_ENDPOINT is not an http URL"
                )
            }
            endpoint = override.hasSuffix("/") ? String(override.dropLast()) : override
        } else {
            let mode = settings.value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
            let isIPv6 = mode.map { $0.lowercased() == "ipv6" } ?? settings.flag("AWS_IMDS_USE_IPV6", "imds_use_ipv6")
            endpoint = isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        }
    }
}
