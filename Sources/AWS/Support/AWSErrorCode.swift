/// What the names of AWS's errors say about another attempt.
public enum AWSErrorCode {
    /// Whether the failure may pass by itself.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode.
    public static func mayPass(_ code: String) -> Bool { passing.contains(code) }

    /// Whether the credentials are expired or unknown (status 403, 400 from STS): `invalidate` them, and try once more
    /// with others.
    public static func rejectsCredentials(_ code: String) -> Bool { rejecting.contains(code) }

    private static let passing: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "IDPCommunicationError", "LimitExceededException",
        "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "RequestTimeout", "RequestTimeoutException", "SlowDown", "ThrottledException",
        "Throttling", "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
    ]

    private static let rejecting: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
    ]
}
