import AWS

/// Whether and when a failed call is sent again. Only calls of which no byte was answered are ever considered.
public struct RetryPolicy: Sendable, Equatable {
    /// Which failures are worth another attempt, and after how long.
    public enum Rules: Sendable, Equatable {
        /// Those of AWS's SDKs.
        case aws
        /// Those of Anthropic's SDKs, which obey the server's wishes.
        case anthropic
    }

    public var rules: Rules
    /// Attempts after the first.
    public var retries: Int

    public init(rules: Rules, retries: Int) {
        self.rules = rules
        self.retries = retries
    }

    /// Whether a failure is of a kind that may pass.
    public func covers(_ failure: Failure) -> Bool {
        switch (rules, failure) {
        // A model that is slow to answer bills all the same: a timeout is not repeated.
        case (_, .final): false
        case (_, .connection): true
        case (.aws, .answer(let status, let code, _)):
            [429, 500, 502, 503, 504, 509].contains(status) || AWSErrorCode.mayPass(code ?? "")
        case (.anthropic, .answer(let status, _, let wishes)):
            wishes.shouldRetry ?? (status == 408 || status == 409 || status == 429 || status >= 500)
        }
    }

    /// Seconds to wait before the next attempt.
    /// - Parameters:
    ///   - attempts: made so far, at least 1.
    ///   - random: 0 ..< 1
    public func delay(after failure: Failure, attempts: Int, random: Double) -> Double {
        let doubled = Double(1 << min(attempts - 1, 10))
        switch rules {
        case .aws:
            return random * min(doubled, 20)
        case .anthropic:
            if case .answer(_, _, let wishes) = failure, let wished = wishes.retryAfter, wished > 0, wished <= 60 {
                return wished
            }
            return min(0.5 * doubled, 8) * (1 - 0.25 * random)
        }
    }

    /// How an attempt failed.
    public enum Failure: Sendable, Equatable {
        case connection
        /// Without an answer, by a timeout or by what another attempt would not change.
        case final
        case answer(status: Int, code: String?, wishes: ServerWishes)
    }

    /// What the server says about repeating the call.
    public struct ServerWishes: Sendable, Equatable {
        /// `x-should-retry`
        public var shouldRetry: Bool?
        /// `retry-after-ms` or `retry-after`, in seconds.
        public var retryAfter: Double?

        public init(shouldRetry: Bool? = nil, retryAfter: Double? = nil) {
            self.shouldRetry = shouldRetry
            self.retryAfter = retryAfter
        }
    }
}
