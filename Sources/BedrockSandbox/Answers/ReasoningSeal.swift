import JSON

/// What Claude puts under its reasoning, so that it knows its own words when they come back.
enum ReasoningSeal {
    private static let key = Array("sandbox reasoning".utf8)
    private static let redactedPrefix = "sandbox-redacted-"

    static func signature(of text: String) -> String {
        Base64.encode(Digest.hmac(key: key, "thinking:" + text) + Digest.hmac(key: key, "padding:" + text))
    }

    static func isGenuine(_ signature: String, of text: String) -> Bool {
        signature == self.signature(of: text)
    }

    /// Encrypted reasoning; equal numbers give equal data.
    static func redacted(_ number: Int) -> String {
        let name = "\(redactedPrefix)\(number)"
        return Base64.encode(Array(name.utf8) + Digest.hmac(key: key, name))
    }

    static func isGenuine(redacted data: String) -> Bool {
        guard Base64.decodedCount(data) != nil else { return false }
        let bytes = Base64.prefix(data, 4096)
        guard bytes.count > 32 else { return false }
        let name = String(decoding: bytes.dropLast(32), as: UTF8.self)
        return name.hasPrefix(redactedPrefix) && Array(bytes.suffix(32)) == Digest.hmac(key: key, name)
    }
}
