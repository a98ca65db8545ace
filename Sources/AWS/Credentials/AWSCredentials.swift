/// Keys that sign requests to AWS.
public struct AWSCredentials: Sendable, Hashable {
    /// Printable ASCII; no secret: it stands in the `Authorization` header and in log lines.
    public var accessKeyID: String
    /// Never sent, and never in a log line.
    public var secretAccessKey: String
    /// Present for temporary credentials.
    public var sessionToken: String?
    /// Unix seconds; nil when the credentials do not expire.
    public var expiration: Double?

    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Double? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// Whether another set may replace them: they carry a session token or expire.
    public var isTemporary: Bool { sessionToken != nil || expiration != nil }
}

/// Keeps the secret out of logs and test failures.
extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        "AWSCredentials(accessKeyID: \(accessKeyID), " + (isTemporary ? "temporary)" : "long-term)")
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
