import Synchronization

/// Derived signing keys: four HMACs that stay the same for a day.
///
/// Bounded: the oldest entry gives way, which at worst costs its four HMACs again.
final class SigningKeyCache: Sendable {
    struct Scope: Hashable, Sendable {
        var secretAccessKey: String
        /// `YYYYMMDD`
        var date: String
        var region: String
        var service: String
    }

    private struct State {
        var keys: [Scope: HMAC.Key] = [:]
        /// Scopes in order of arrival, a ring of `capacity`.
        var order: [Scope] = []
        var oldest = 0
    }

    private let state = Mutex(State())
    static let capacity = 256

    var count: Int { state.withLock { $0.keys.count } }

    func key(for scope: Scope) throws(CryptographyError) -> HMAC.Key {
        if let known = state.withLock({ $0.keys[scope] }) { return known }
        let key = try HMAC.Key(Self.derive(scope))
        state.withLock { state in
            guard state.keys.updateValue(key, forKey: scope) == nil else { return }
            if state.order.count < Self.capacity {
                state.order.append(scope)
            } else {
                state.keys[state.order[state.oldest]] = nil
                state.order[state.oldest] = scope
                state.oldest = (state.oldest + 1) % Self.capacity
            }
        }
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
