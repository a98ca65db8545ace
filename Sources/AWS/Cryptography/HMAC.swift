internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104) over OpenSSL's EVP interface.
public enum HMAC {
    /// The authentication code of `message` under `key`, 32 bytes.
    /// - Throws: `CryptographyError` when OpenSSL cannot compute it.
    public static func authenticationCode(
        for message: some Collection<UInt8>,
        key: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard let template = Template.shared.context else { throw CryptographyError("EVP_MAC_init") }
        // A copy keeps the fetched digest of the template and leaves the template free for other threads.
        guard let context = EVP_MAC_CTX_dup(template) else { throw CryptographyError("EVP_MAC_CTX_dup") }
        defer { EVP_MAC_CTX_free(context) }
        // OpenSSL takes a null key as "keep the key": an empty one needs an address of its own.
        let keyBytes = key.isEmpty ? [0] : key
        guard EVP_MAC_init(context, keyBytes, key.count, nil) == 1 else { throw CryptographyError("EVP_MAC_init") }
        let messageBytes = Array(message)
        guard EVP_MAC_update(context, messageBytes, messageBytes.count) == 1 else {
            throw CryptographyError("EVP_MAC_update")
        }
        var code = [UInt8](repeating: 0, count: SHA256.byteCount)
        var length = 0
        guard EVP_MAC_final(context, &code, &length, code.count) == 1, length == code.count else {
            throw CryptographyError("EVP_MAC_final")
        }
        return code
    }

    /// A keyed context that is only ever copied: naming the digest makes OpenSSL look it up, so that happens once.
    /// Sendable: nothing writes to the context after `init`, and copying it only reads.
    private final class Template: @unchecked Sendable {
        static let shared = Template()
        let context: OpaquePointer?

        init() {
            guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else {
                context = nil
                return
            }
            defer { EVP_MAC_free(algorithm) }  // the context holds a reference of its own
            guard let created = EVP_MAC_CTX_new(algorithm) else {
                context = nil
                return
            }
            // The parameter keeps both addresses, so both texts have to outlive the call.
            var digestName = Array("SHA256".utf8CString)
            let initialised = OSSL_MAC_PARAM_DIGEST.withCString { parameterName in
                digestName.withUnsafeMutableBufferPointer { name in
                    let parameters = [
                        OSSL_PARAM_construct_utf8_string(parameterName, name.baseAddress, 0),
                        OSSL_PARAM_construct_end(),
                    ]
                    return EVP_MAC_init(created, [0], 1, parameters)
                }
            }
            guard initialised == 1 else {
                EVP_MAC_CTX_free(created)
                context = nil
                return
            }
            context = created
        }
    }
}
