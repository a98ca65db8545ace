import JSON

/// A JSON Web Token as an identity provider signs it. The signature is not checked: the sandbox trusts every provider.
///
/// Source: RFC 7519.
struct WebIdentityToken: Sendable {
    var subject: String
    var audience: String
    var issuer: String
    /// Seconds since 1970 UTC.
    var expiration: Int

    /// Nil when the text is no such token or has no time of expiry.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }), let header = Self.object(parts[0]),
            header["alg"]?.stringValue != nil, let claims = Self.object(parts[1]),
            let expiration = claims["exp"]?.intValue
        else { return nil }
        self.expiration = expiration
        subject = claims["sub"]?.stringValue ?? ""
        issuer = claims["iss"]?.stringValue ?? ""
        audience = claims["aud"]?.stringValue ?? claims["aud"]?[0]?.stringValue ?? ""
    }

    private static func object(_ part: Substring) -> JSON? {
        let standard = part.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        let bytes = Base64.prefix(String(decoding: standard, as: UTF8.self), 16_384)
        guard let json = try? JSON(parsing: bytes), json.objectValue != nil else { return nil }
        return json
    }
}
