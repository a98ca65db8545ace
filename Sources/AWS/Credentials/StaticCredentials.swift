/// Credentials that were given and never change.
struct StaticCredentials: AWSCredentialProvider, AWSCredentialSource {
    let name = "static"
    private let value: AWSCredentials
    private let now: @Sendable () -> Double

    /// - Parameter now: Unix seconds.
    init(_ credentials: AWSCredentials, now: @escaping @Sendable () -> Double = CredentialRuntime.systemTime) {
        value = credentials
        self.now = now
    }

    /// - Throws: `.expired` when their time is known and over.
    func credentials() async throws(AWSCredentialError) -> AWSCredentials {
        guard value.expiration == nil || value.isUsable(at: now()) else { throw AWSCredentialError(.expired) }
        return value
    }

    func load() async throws(AWSCredentialError) -> AWSCredentials? { value }
}
