/// Credentials that were given and never change.
public struct StaticCredentials: AWSCredentialProvider, AWSCredentialSource {
    public let name = "static"
    private let value: AWSCredentials

    public init(_ credentials: AWSCredentials) {
        value = credentials
    }

    public func credentials() async throws(AWSCredentialError) -> AWSCredentials { value }

    public func load() async throws(AWSCredentialError) -> AWSCredentials? { value }
}
