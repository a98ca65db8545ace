import Synchronization

/// A credential that the sandbox accepts.
struct KnownCredential: Sendable, Equatable {
    var accessKeyID: String
    var secretAccessKey: String
    /// Requests must carry it when it is there.
    var sessionToken: String? = nil
    /// Seconds since 1970 UTC; nil never expires.
    var expiration: Int? = nil
    /// Whose it is.
    var arn = Caller.user("sandbox").arn
}

/// The credentials the sandbox knows: those configured and those it issued itself.
final class CredentialStore: Sendable {
    private struct State {
        var known: [String: KnownCredential] = [:]
        var issued: [String] = []
        var signingKeys: [String: [UInt8]] = [:]
    }

    private static let maximumIssued = 4096
    private static let maximumSigningKeys = 1024
    let bearerToken: String
    private let state: Mutex<State>

    init(_ credentials: [KnownCredential], bearerToken: String) {
        self.bearerToken = bearerToken
        var state = State()
        for credential in credentials { state.known[credential.accessKeyID] = credential }
        self.state = Mutex(state)
    }

    func credential(_ accessKeyID: String) -> KnownCredential? {
        state.withLock { $0.known[accessKeyID] }
    }

    /// Remembers a credential issued by the sandbox; the oldest issued one makes room.
    func issue(_ credential: KnownCredential) {
        state.withLock { state in
            state.known[credential.accessKeyID] = credential
            state.issued.append(credential.accessKeyID)
            if state.issued.count > Self.maximumIssued {
                state.known[state.issued.removeFirst()] = nil
            }
        }
    }

    /// Ends a credential's validity now.
    /// - Returns: whether there is such a credential that was valid for longer.
    func expire(_ accessKeyID: String) -> Bool {
        state.withLock { state in
            guard let known = state.known[accessKeyID], known.expiration != 0 else { return false }
            state.known[accessKeyID]?.expiration = 0
            return true
        }
    }

    /// The derived key of a scope: it stays the same for a day, so it is worth keeping.
    func signingKey(secret: String, date: String, region: String, service: String) -> [UInt8] {
        let name = "\(date)/\(region)/\(service)/\(secret)"
        if let key = state.withLock({ $0.signingKeys[name] }) { return key }
        let key = SignatureVerifier.signingKey(secret: secret, date: date, region: region, service: service)
        state.withLock { state in
            if state.signingKeys.count >= Self.maximumSigningKeys { state.signingKeys.removeAll() }
            state.signingKeys[name] = key
        }
        return key
    }
}
