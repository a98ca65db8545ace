import AWS
import HTTPClient

/// Sends calls to the models: signs, retries before the first byte, and frames the answer.
public struct UpstreamClient: Sendable {
    /// What holds for all calls of a client.
    public struct Settings: Sendable {
        /// The longest silence of the upstream, before the first byte and between two.
        public var idleTimeout: Duration
        /// `AWS_CA_BUNDLE`
        public var certificateAuthorityFile: String?

        public init(idleTimeout: Duration = .seconds(600), certificateAuthorityFile: String? = nil) {
            self.idleTimeout = idleTimeout
            self.certificateAuthorityFile = certificateAuthorityFile
        }
    }

    let transport: any HTTPTransport
    let anthropicTransport: any HTTPTransport
    let settings: Settings
    let clock: @Sendable () -> Double
    let pause: @Sendable (Double) async -> Void

    /// - Parameters:
    ///   - anthropicTransport: for calls of that pool; `transport` when nil.
    ///   - clock: Unix time in seconds.
    ///   - pause: waits for a number of seconds.
    public init(
        transport: any HTTPTransport,
        anthropicTransport: (any HTTPTransport)? = nil,
        settings: Settings,
        clock: @escaping @Sendable () -> Double,
        pause: @escaping @Sendable (Double) async -> Void
    ) {
        self.transport = transport
        self.anthropicTransport = anthropicTransport ?? transport
        self.settings = settings
        self.clock = clock
        self.pause = pause
    }

    /// Returns when the upstream accepted the call.
    ///
    /// A model may think for minutes before that, and many calls wait at a time: what is not needed meanwhile is kept out
    /// of this function and of those it waits in.
    /// - Throws: `UpstreamError` with the upstream's own status and words.
    public func open(_ call: UpstreamCall, at upstream: Upstream) async throws(UpstreamError) -> UpstreamAnswer {
        var attempts = 0
        var renewals = 0
        while true {
            attempts += 1
            switch try await send(call, at: upstream, attempts: attempts) {
            case .accepted(let answer):
                return answer
            case .failed(let failure):
                // Expired credentials and a wrong clock are put right once, besides the retries of the policy.
                if renewals == 0, await renew(after: failure, host: upstream.host) {
                    renewals = 1
                    continue
                }
                try await waitToRepeat(upstream.retries, attempts - renewals, after: failure)
            }
        }
    }

    /// - Throws: the failure's error when the policy has had enough.
    private func waitToRepeat(
        _ policy: RetryPolicy,
        _ attempts: Int,
        after failure: FailedAttempt
    ) async throws(UpstreamError) {
        let isCovered = policy.covers(failure.kind)
        guard isCovered, attempts <= policy.retries, !Task.isCancelled else {
            var error = failure.error
            error.exhaustedRetries = isCovered && policy.retries > 0
            throw error
        }
        await pause(policy.delay(after: failure.kind, attempts: attempts, random: .random(in: 0..<1)))
    }

    /// Puts right what made AWS refuse the signature.
    /// - Returns: whether signing again may help.
    private func renew(after failure: FailedAttempt, host: String) async -> Bool {
        guard let identity = failure.identity, failure.error.status == 403 || failure.error.status == 400 else {
            return false
        }
        let code = failure.error.code ?? ""
        if AWSErrorCode.rejectsCredentials(code) {
            identity.provider.invalidate(identity.credentials)
            if identity.credentials.isTemporary { return true }
            // Keys that do not expire may have been replaced where they stand.
            guard let fresh = try? await identity.provider.credentials() else { return false }
            return fresh.accessKeyID != identity.credentials.accessKeyID
        }
        return ClockOffsets.mayBeSkew(code: code)
            && ClockOffsets.shared.learn(
                host: host,
                date: failure.date,
                unixSeconds: clock(),
                signedOffset: identity.clockOffset
            )
    }
}
