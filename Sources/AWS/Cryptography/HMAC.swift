/// HMAC-SHA-256 (RFC 2104) over OpenSSL's SHA-256.
public enum HMAC {
    /// The authentication code of `message` under `key`, 32 bytes.
    /// - Throws: `CryptographyError` when OpenSSL cannot compute it.
    public static func authenticationCode(
        for message: some Collection<UInt8>,
        key: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let code = try Key(key).authenticationCode(for: Array(message))
        return code.indices.map { code[$0] }
    }

    /// A key made ready for many messages: the two hashes are kept with their first block, which is the key.
    ///
    /// OpenSSL's own HMAC would hash the key again for every message.
    /// Sendable: nothing writes to the states after `init`, and continuing them only reads.
    final class Key: @unchecked Sendable {
        private let inner: SHA256State
        private let outer: SHA256State

        init(_ key: [UInt8]) throws(CryptographyError) {
            var block = key.count > blockSize ? try SHA256.digest(of: key) : key
            block += repeatElement(0, count: blockSize - block.count)
            inner = try .after(block.map { $0 ^ 0x36 })
            outer = try .after(block.map { $0 ^ 0x5C })
        }

        /// - Throws: `CryptographyError` when memory runs out.
        func authenticationCode(for message: [UInt8]) throws(CryptographyError) -> SHA256.Digest {
            let digest = try inner.digest(continuedBy: message.span.bytes)
            return try outer.digest(continuedBy: digest.span.bytes)
        }
    }

    /// Bytes that SHA-256 takes at a time.
    private static let blockSize = 64
}
