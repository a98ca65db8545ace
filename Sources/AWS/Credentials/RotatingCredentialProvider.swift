import Synchronization

/// Keeps the credentials of a source and replaces them before they expire.
///
/// However many callers need new ones, the source is asked once at a time, by a task that no caller's cancellation
/// ends. Safe to use from any thread.
final class RotatingCredentialProvider: AWSCredentialProvider {
    private struct State {
        var rotation: CredentialRotation
        var waiters: [CredentialWaiter] = []

        mutating func addWaiter() -> CredentialWaiter {
            let waiter = CredentialWaiter()
            waiters.append(waiter)
            return waiter
        }
    }

    /// What a caller gets: credentials or an error at once, or what the source will say.
    private enum Outcome {
        case now(Result<AWSCredentials, AWSCredentialError>)
        case later(CredentialWaiter)
    }

    private let source: any AWSCredentialSource
    private let runtime: CredentialRuntime
    private let state: Mutex<State>

    init(_ source: any AWSCredentialSource, runtime: CredentialRuntime, windows: CredentialRotation.Windows) {
        self.source = source
        self.runtime = runtime
        state = Mutex(State(rotation: CredentialRotation(windows: windows)))
    }

    /// At once those at hand, unless they are about to expire: then the caller waits for the source.
    /// - Throws: the source's error; after three failures in a row the source rests for a second.
    func credentials() async throws(AWSCredentialError) -> AWSCredentials {
        let now = runtime.now()
        let (outcome, isRefreshDue) = state.withLock { state -> (Outcome, Bool) in
            switch state.rotation.decide(now: now) {
            case .use(let credentials): (.now(.success(credentials)), false)
            case .useAndRefresh(let credentials): (.now(.success(credentials)), true)
            case .wait: (.later(state.addWaiter()), false)
            case .refreshAndWait: (.later(state.addWaiter()), true)
            case .fail(let error): (.now(.failure(error)), false)
            }
        }
        if isRefreshDue { refresh() }
        switch outcome {
        case .now(let result): return try result.get()
        case .later(let waiter): return try await waiter.value()
        }
    }

    /// Credentials that others have replaced already change nothing; else the next caller waits for new ones.
    func invalidate(_ rejected: AWSCredentials) {
        state.withLock { $0.rotation.invalidate(rejected) }
    }

    private func refresh() {
        runtime.spawn { await self.load() }
    }

    private func load() async {
        let result: Result<AWSCredentials, AWSCredentialError>
        do throws(AWSCredentialError) {
            if let credentials = try await source.load() {
                result = .success(credentials)
            } else {
                result = .failure(AWSCredentialError(.notFound))
            }
        } catch {
            result = .failure(error)
        }
        let now = runtime.now()
        let (outcome, waiters, failure) = state.withLock { state in
            let outcome = state.rotation.end(result, now: now)
            let waiters = state.waiters
            state.waiters = []
            return (outcome, waiters, state.rotation.lastFailure)
        }
        note(outcome, failure)
        for waiter in waiters { waiter.finish(outcome) }
    }

    private func note(_ outcome: Result<AWSCredentials, AWSCredentialError>, _ failure: AWSCredentialError?) {
        if let failure {
            let isCovered = (try? outcome.get()) != nil
            runtime.note(.refreshFailed(source: source.name, error: failure, isCovered: isCovered))
        } else if case .success(let credentials) = outcome {
            runtime.note(.obtained(source: source.name, expiration: credentials.expiration))
        }
    }
}
