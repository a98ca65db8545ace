internal import COpenSSL

/// A SHA-256 digest in the making, which can be continued more than once.
struct SHA256State: ~Copyable {
    private let context: OpaquePointer

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// The state after `bytes`.
    static func after(_ bytes: [UInt8]) throws(CryptographyError) -> SHA256State {
        guard let algorithm = SHA256.algorithm else { throw CryptographyError("EVP_MD_fetch") }
        let state = SHA256State(context: try newContext())
        guard EVP_DigestInit_ex(state.context, algorithm, nil) == 1 else {
            throw CryptographyError("EVP_DigestInit_ex")
        }
        guard EVP_DigestUpdate(state.context, bytes, bytes.count) == 1 else {
            throw CryptographyError("EVP_DigestUpdate")
        }
        return state
    }

    /// The digest of what came before and `bytes`. The state itself stays as it is, and is only read: threads may
    /// share it.
    func digest(continuedBy bytes: RawSpan) throws(CryptographyError) -> SHA256.Digest {
        let copy = SHA256State(context: try Self.newContext())
        guard EVP_MD_CTX_copy_ex(copy.context, context) == 1 else { throw CryptographyError("EVP_MD_CTX_copy_ex") }
        guard bytes.withUnsafeBytes({ EVP_DigestUpdate(copy.context, $0.baseAddress, $0.count) }) == 1 else {
            throw CryptographyError("EVP_DigestUpdate")
        }
        var digest = SHA256.Digest(repeating: 0)
        let status = withUnsafeMutableBytes(of: &digest) { EVP_DigestFinal_ex(copy.context, $0.baseAddress, nil) }
        guard status == 1 else { throw CryptographyError("EVP_DigestFinal_ex") }
        return digest
    }

    private static func newContext() throws(CryptographyError) -> OpaquePointer {
        guard let context = EVP_MD_CTX_new() else { throw CryptographyError("EVP_MD_CTX_new") }
        return context
    }
}
