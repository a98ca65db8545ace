internal import COpenSSL

/// SHA-256 (FIPS 180-4) over OpenSSL's EVP interface.
public enum SHA256 {
    /// A digest that needs no allocation of its own.
    public typealias Digest = InlineArray<32, UInt8>

    /// The digest of `bytes`, 32 bytes.
    /// - Throws: `CryptographyError` when OpenSSL cannot compute it.
    public static func digest(of bytes: some Sequence<UInt8>) throws(CryptographyError) -> [UInt8] {
        let direct = bytes.withContiguousStorageIfAvailable { buffer in
            Result { () throws(CryptographyError) in try inlineDigest(of: buffer.span.bytes) }
        }
        let digest = if let direct { try direct.get() } else { try inlineDigest(of: Array(bytes).span.bytes) }
        return digest.indices.map { digest[$0] }
    }

    /// The digest of `bytes`.
    /// - Throws: `CryptographyError` when OpenSSL cannot compute it.
    public static func inlineDigest(of bytes: RawSpan) throws(CryptographyError) -> Digest {
        guard let algorithm else { throw CryptographyError("EVP_MD_fetch") }
        var digest = Digest(repeating: 0)
        let status = bytes.withUnsafeBytes { bytes in
            withUnsafeMutableBytes(of: &digest) { digest in
                EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, algorithm, nil)
            }
        }
        guard status == 1 else { throw CryptographyError("EVP_Digest") }
        return digest
    }

    /// The digest of `bytes` in lower-case hexadecimal, 64 characters.
    /// - Throws: `CryptographyError` when OpenSSL cannot compute it.
    public static func hexDigest(of bytes: some Sequence<UInt8>) throws(CryptographyError) -> String {
        Hexadecimal.encode(try digest(of: bytes))
    }

    /// Nil when OpenSSL has no SHA-256 to offer.
    ///
    /// Fetching an algorithm searches OpenSSL's providers under a lock, so it happens once in the process.
    /// Safe: the pointer is never changed and EVP_MD is immutable once fetched.
    nonisolated(unsafe) static let algorithm: OpaquePointer? = EVP_MD_fetch(nil, "SHA256", nil)
}
