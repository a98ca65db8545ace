import Synchronization

/// Derived signing keys: four HMACs that stay the same for a day.
final class SigningKeyCache: Sendable {
    struct Scope: Hashable, Sendable {
        var secretAccessKey: String
        /// `YYYYMMDD`
        var date: String
        var region: String
        var service: String
    }

    private let keys = Mutex(LeastRecentlyUsedCache<Scope, HMAC.Key>(capacity: 256))

    func key(for scope: Scope) throws(CryptographyError) -> HMAC.Key {
        if let known = keys.withLock({ $0[scope] }) { return known }
        let key = try HMAC.Key(Self.derive(scope))
        keys.withLock { $0[scope] = key }
        return key
    }

    /// 32 bytes. A secret.
    /// Source: AWS General Reference, "Create a signed AWS API request", step 3.
    static func derive(_ scope: Scope) throws(CryptographyError) -> [UInt8] {
        var key = Array("AWS4".utf8) + Array(scope.secretAccessKey.utf8)
        for part in [scope.date, scope.region, scope.service, "aws4_request"] {
            key = try HMAC.authenticationCode(for: part.utf8, key: key)
        }
        return key
    }
}
