import JSON
import Synchronization

/// Hands out temporary credentials, which the signature check accepts until they expire or are revoked, and keeps count.
final class SessionIssuer: Sendable {
    /// How a session was asked for.
    enum Source: String, Sendable, CaseIterable {
        case assumeRole = "AssumeRole"
        case webIdentity = "AssumeRoleWithWebIdentity"
        case container
        case instance
    }

    struct Session: Sendable {
        var credential: KnownCredential
        var source: Source
        /// In the order they came.
        var tags: [(key: String, value: String)] = []
    }

    private struct State {
        var calls: [Source: Int] = [:]
        var sessions: [Session] = []
        /// What the metadata services hand out again, by source and role.
        var current: [String: KnownCredential] = [:]
    }

    private static let maximumListed = 1024
    private let store: CredentialStore
    private let state = Mutex(State())

    init(store: CredentialStore) { self.store = store }

    func count(_ source: Source) {
        state.withLock { $0.calls[source, default: 0] += 1 }
    }

    /// New credentials.
    /// - Parameters:
    ///   - lifetime: in seconds.
    ///   - time: now, in seconds since 1970 UTC.
    func issue(
        to caller: Caller,
        _ source: Source,
        lifetime: Int,
        tags: [(key: String, value: String)] = [],
        at time: Int
    ) -> KnownCredential {
        let credential = KnownCredential(
            accessKeyID: "ASIA" + Self.random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
            secretAccessKey: Self.random(Self.base64, 40),
            sessionToken: "IQoJb3JpZ2luX2Vj" + Self.random(Self.base64, 240) + "==",
            expiration: time + lifetime,
            arn: caller.arn
        )
        store.issue(credential)
        state.withLock { state in
            state.sessions.append(Session(credential: credential, source: source, tags: tags))
            if state.sessions.count > Self.maximumListed { state.sessions.removeFirst() }
        }
        return credential
    }

    /// The credentials of a role from a metadata service: the same for everyone, new ones when half their time is over.
    func current(_ role: SandboxRole, session: String, _ source: Source, at time: Int) -> KnownCredential {
        let key = source.rawValue + "/" + role.name
        if let known = state.withLock({ $0.current[key] }),
            let expiration = store.credential(known.accessKeyID)?.expiration,
            expiration - time > role.lifetime / 2
        {
            return known
        }
        let issued = issue(to: role.session(session), source, lifetime: role.lifetime, at: time)
        state.withLock { $0.current[key] = issued }
        return issued
    }

    /// Ends sessions before their time.
    /// - Parameter accessKeyID: of one; nil for all.
    /// - Returns: how many.
    func revoke(accessKeyID: String?) -> Int {
        let ids = state.withLock { $0.sessions.map(\.credential.accessKeyID) }
            .filter { accessKeyID == nil || $0 == accessKeyID }
        return ids.count(where: { store.expire($0) })
    }

    /// Calls and sessions, without anything secret.
    func report(at time: Int) -> JSON {
        let (calls, sessions) = state.withLock { ($0.calls, $0.sessions) }
        var counts: JSONObject = [:]
        for source in Source.allCases { counts[source.rawValue] = JSON(calls[source] ?? 0) }
        let list = sessions.map { session -> JSON in
            let id = session.credential.accessKeyID
            let expiration = store.credential(id)?.expiration ?? 0
            var tags: JSONObject = [:]
            for tag in session.tags { tags[tag.key] = .string(tag.value) }
            return [
                "accessKeyId": .string(id), "arn": .string(session.credential.arn),
                "source": .string(session.source.rawValue), "isValid": .bool(expiration > time), "tags": .object(tags),
            ]
        }
        return ["calls": .object(counts), "sessions": .array(list)]
    }

    private static let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    private static func random(_ alphabet: String, _ count: Int) -> String {
        let letters = Array(alphabet.utf8)
        return String(decoding: (0..<count).map { _ in letters[Int.random(in: 0..<letters.count)] }, as: UTF8.self)
    }
}
