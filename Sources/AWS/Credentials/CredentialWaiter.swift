import Synchronization

/// One caller who waits for a refresh. The first of result and cancellation counts.
final class CredentialWaiter: Sendable {
    private enum State {
        case pending
        case waiting(CheckedContinuation<Result<AWSCredentials, AWSCredentialError>, Never>)
        case finished(Result<AWSCredentials, AWSCredentialError>)
    }

    private let state = Mutex(State.pending)

    func value() async throws(AWSCredentialError) -> AWSCredentials {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Result<AWSCredentials, AWSCredentialError>? in
                    if case .finished(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            finish(.failure(AWSCredentialError(.cancelled)))
        }
        return try result.get()
    }

    func finish(_ result: Result<AWSCredentials, AWSCredentialError>) {
        let continuation = state.withLock {
            state -> CheckedContinuation<Result<AWSCredentials, AWSCredentialError>, Never>? in
            switch state {
            case .finished: return nil
            case .pending:
                state = .finished(result)
                return nil
            case .waiting(let continuation):
                state = .finished(result)
                return continuation
            }
        }
        continuation?.resume(returning: result)
    }
}
