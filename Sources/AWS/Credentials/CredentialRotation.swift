/// When to fetch credentials and which to hand out meanwhile. A state machine without input or output; times are Unix
/// seconds.
struct CredentialRotation: Sendable {
    /// How long before their end credentials are replaced, in seconds.
    struct Windows: Sendable, Equatable {
        /// From here on they are fetched in the background and used on.
        var advisory: Double
        /// From here on callers wait for new ones.
        var mandatory: Double

        /// For the default chain, as botocore does it.
        static let standard = Windows(advisory: 900, mandatory: 600)
        /// For roles that the adapter assumes.
        static let assumedRole = Windows(advisory: 600, mandatory: 300)

        /// Credentials that last for less than these windows would be about to expire from the start, and fetched anew with
        /// every call: theirs begin when half and when a third of their time is left.
        func fitting(lifetime: Double) -> Windows {
            Windows(advisory: min(advisory, lifetime / 2), mandatory: min(mandatory, lifetime / 3))
        }
    }

    enum Decision: Sendable, Equatable {
        case use(AWSCredentials)
        /// Hand these out and start a refresh.
        case useAndRefresh(AWSCredentials)
        /// Wait for the refresh that is on its way.
        case wait
        /// Start a refresh and wait for it.
        case refreshAndWait
        case fail(AWSCredentialError)
    }

    /// For credentials of any length.
    private let standardWindows: Windows
    /// For the current ones.
    private var windows: Windows
    private(set) var current: AWSCredentials?
    private(set) var isRefreshing = false
    private var failures = 0
    /// Why the latest attempt failed; nil after a success.
    private(set) var lastFailure: AWSCredentialError?
    private var lastFailureTime = -Double.infinity
    /// No refresh for so many seconds after the failure while there are usable credentials.
    private var retryDelay = 0.0

    init(windows: Windows) {
        standardWindows = windows
        self.windows = windows
    }

    /// What a caller gets at `now`. The two decisions that start a refresh mark it as under way.
    mutating func decide(now: Double) -> Decision {
        guard let current, current.isUsable(at: now) else {
            if isRefreshing { return .wait }
            // With nothing in hand every call depends on the next attempt: only a lasting failure is held against it.
            if failures >= 3, rests(at: now, for: 1), let lastFailure { return .fail(lastFailure) }
            isRefreshing = true
            return .refreshAndWait
        }
        guard let expiration = current.expiration, expiration - now < windows.advisory else { return .use(current) }
        let isMandatory = expiration - now < windows.mandatory
        if isRefreshing { return isMandatory && failures == 0 ? .wait : .use(current) }
        guard !rests(at: now, for: retryDelay) else { return .use(current) }
        isRefreshing = true
        // After a failure nobody waits while there is something to use.
        return isMandatory && failures == 0 ? .refreshAndWait : .useAndRefresh(current)
    }

    /// A clock that was set back is no reason to rest.
    private func rests(at now: Double, for seconds: Double) -> Bool {
        now >= lastFailureTime && now < lastFailureTime + seconds
    }

    /// The refresh ended.
    /// - Returns: what those who waited get.
    mutating func end(
        _ result: Result<AWSCredentials, AWSCredentialError>,
        now: Double
    ) -> Result<AWSCredentials, AWSCredentialError> {
        isRefreshing = false
        switch result {
        case .success(let credentials) where credentials.isUsable(at: now):
            current = credentials
            windows = standardWindows.fitting(lifetime: credentials.expiration.map { $0 - now } ?? .infinity)
            failures = 0
            lastFailure = nil
            retryDelay = 0
            return .success(credentials)
        case .success:
            return fail(AWSCredentialError(.expired), now: now)
        case .failure(let error):
            return fail(error, now: now)
        }
    }

    private mutating func fail(
        _ error: AWSCredentialError,
        now: Double
    ) -> Result<AWSCredentials, AWSCredentialError> {
        failures += 1
        lastFailure = error
        lastFailureTime = now
        if let current, current.isUsable(at: now) {
            retryDelay = min(Double(1 << min(failures - 1, 6)), 60)
            return .success(current)
        }
        current = nil
        return .failure(error)
    }

    /// AWS refused these: unless others took their place already, the next caller waits for new ones.
    mutating func invalidate(_ rejected: AWSCredentials) {
        guard let current, current.accessKeyID == rejected.accessKeyID, current.sessionToken == rejected.sessionToken
        else { return }
        self.current = nil
        failures = 0
        retryDelay = 0
    }
}

extension AWSCredentials {
    /// Whether they have not expired at `now`, in Unix seconds.
    func isUsable(at now: Double) -> Bool {
        expiration.map { $0 > now } ?? true
    }
}
