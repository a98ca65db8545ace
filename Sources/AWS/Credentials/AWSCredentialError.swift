/// Why there are no credentials or no region for a call.
///
/// `message` is fixed per cause and fit for clients: it holds no path, value or library text. `detail` is for the log;
/// it holds no secrets either.
public struct AWSCredentialError: Error, Sendable, Equatable {
    /// Decides `status` and `message`.
    public enum Cause: String, Sendable, CaseIterable {
        /// Nothing is configured that yields credentials.
        case notFound
        /// One of key id and secret is missing.
        case partialCredentials
        /// The credentials in the upstream's extra data are incomplete or unfit for a header.
        case invalidExtraData
        case noRegion
        case invalidRegion
        /// A profile, a shared file or a variable asks for something that makes no sense.
        case invalidConfiguration
        /// A service has no address in the region, or one that is none.
        case invalidEndpoint
        /// The profile needs something that a server cannot do: a browser login, a code from a device.
        case unsupported
        /// A command, a file or a service answered, but with something that is not credentials.
        case invalidAnswer
        /// A service that hands out credentials could not be reached or failed for a while.
        case unreachable
        /// STS refused.
        case denied
        /// The credentials that were handed out have expired already.
        case expired
        case cancelled
    }

    public var cause: Cause
    /// For the log.
    public var detail: String?
    /// What STS said, when the cause is `denied`.
    public var refusal: Refusal?

    /// A refusal in AWS's own words, which are relayed.
    public struct Refusal: Sendable, Equatable {
        /// `AssumeRole` or `AssumeRoleWithWebIdentity`
        public var operation: String
        /// `AccessDenied`
        public var code: String
        public var message: String
    }

    /// For causes that AWS has no words for; `detail` goes to the log and must hold no secret.
    public init(_ cause: Cause, detail: String? = nil) {
        self.cause = cause
        self.detail = detail
    }

    init(refusal: Refusal) {
        cause = .denied
        self.refusal = refusal
    }

    /// HTTP status that tells the client best: 403 when AWS refused, 503 when trying again may help, 499 when the client left, else
    /// 500.
    public var status: Int {
        switch cause {
        case .denied: 403
        case .unreachable: 503
        case .cancelled: 499
        default: 500
        }
    }

    /// Fit for clients.
    public var message: String {
        switch cause {
        case .notFound: "Unable to locate credentials"
        case .partialCredentials: "Partial AWS credentials: set both the access key id and the secret access key"
        case .invalidExtraData: "The AWS credentials of the upstream's extra data are invalid"
        case .noRegion: "No AWS region is configured: set AWS_DEFAULT_REGION or the upstream's region"
        case .invalidRegion: "The configured AWS region is not a valid region name"
        case .invalidConfiguration: "The AWS credentials configuration is invalid"
        case .invalidEndpoint: "The AWS endpoint configuration is invalid"
        case .unsupported: "The configured AWS profile needs an interactive login, which is not supported"
        case .invalidAnswer: "The configured source of AWS credentials gave an invalid answer"
        case .unreachable: "The source of AWS credentials is not reachable"
        case .denied: deniedMessage
        case .expired: "The AWS credentials obtained have already expired"
        case .cancelled: "Obtaining AWS credentials was cancelled"
        }
    }

    /// In botocore's words.
    private var deniedMessage: String {
        guard let refusal else { return "AWS refused to hand out credentials" }
        return "An error occurred (\(refusal.code)) when calling the \(refusal.operation) operation: \(refusal.message)"
    }
}

extension AWSCredentialError: CustomStringConvertible {
    public var description: String {
        detail.map { message + " (" + $0 + ")" } ?? message
    }
}
