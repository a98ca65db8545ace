import Bedrock
import Catalog
import DIAL
import EventLoop

/// Times one call of a model, from its begin to the end of its answer.
struct OperationMeter {
    let operation: Metrics.Operation
    let start = EventLoop.now()
    var attempts = 1
    /// When the first piece of a streamed answer was there.
    private(set) var firstChunk: UInt64?
    /// Why the call failed; nil when it did not.
    private(set) var errorType: String?
    private(set) var isUpstreamFailure = false
    private var isAnswered = false

    init(_ operation: Metrics.Operation) {
        self.operation = operation
    }

    /// To be called once, for the first piece.
    mutating func received() {
        firstChunk = EventLoop.now()
    }

    /// The answer is whole and good: what fails from here on is not the model's doing.
    mutating func answered() {
        isAnswered = true
    }

    mutating func failed(_ error: any Error) {
        switch error {
        case let error as UpstreamError:
            // Who cancels a call is its client.
            guard !error.isCancellation else {
                errorType = "cancelled"
                return
            }
            attempts = max(attempts, error.attempts)
            errorType = Self.type(error.code, error.status)
            isUpstreamFailure = true
        case let error as DIALError where error == .cancelled:
            errorType = "cancelled"
        case let error as DIALError:
            // What a guardrail blocked is an answer, too.
            guard !isAnswered, error.code != DIALError.contentFilterCode else { return }
            errorType = error.upstreamName.map { Self.type($0, error.status) } ?? "invalid_response"
            isUpstreamFailure = true
        default:
            errorType = "cancelled"
        }
    }

    /// The error's name where it is one that is known, else its status.
    private static func type(_ name: String?, _ status: Int) -> String {
        guard let name = name?.word, let known = knownTypes[name.lowercased()] else {
            return (100..<600).contains(status) ? String(status) : "_OTHER"
        }
        return known
    }

    /// Source: AWS API reference "Common errors" and "Converse: Errors"; Anthropic API reference "Errors".
    private static let knownTypes: [String: String] = {
        let names = [
            "AccessDeniedException", "ConflictException", "ExpiredTokenException", "InternalServerException",
            "InvalidSignatureException", "ModelErrorException", "ModelNotReadyException", "ModelStreamErrorException",
            "ModelTimeoutException", "ResourceNotFoundException", "ServiceQuotaExceededException",
            "ServiceUnavailableException", "ThrottlingException", "UnrecognizedClientException", "ValidationException",
            "api_error", "authentication_error", "billing_error", "invalid_request_error", "not_found_error",
            "overloaded_error", "permission_error", "rate_limit_error", "request_too_large", "timeout_error",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { ($0.lowercased(), $0) })
    }()
}

extension Metrics.Operation {
    init(_ name: Name, _ deployment: Deployment, _ upstream: Upstream) {
        self.name = name
        model = deployment.profile.id
        provider =
            switch upstream.kind {
            case .bedrock: "aws.bedrock"
            case .anthropic: "anthropic"
            }
    }
}
