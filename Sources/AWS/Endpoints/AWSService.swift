/// The AWS services that the program calls.
public enum AWSService: String, Sendable, CaseIterable {
    case bedrockRuntime = "bedrock-runtime"
    case sts

    /// First label of the host name.
    var hostLabel: String { rawValue }

    /// The service in the credential scope of a signature.
    public var signingName: String {
        switch self {
        case .bedrockRuntime: "bedrock"
        case .sts: "sts"
        }
    }

    /// `BEDROCK_RUNTIME` of `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`.
    var environmentSuffix: String {
        switch self {
        case .bedrockRuntime: "BEDROCK_RUNTIME"
        case .sts: "STS"
        }
    }

    /// The service's name in a `[services …]` section of the config file.
    var configurationKey: String {
        switch self {
        case .bedrockRuntime: "bedrock_runtime"
        case .sts: "sts"
        }
    }
}
