/// A signature with the values it was made from.
public struct SigV4Signature: Sendable {
    public let canonicalRequest: CanonicalRequest
    /// Value of `X-Amz-Date`.
    public let amzDate: String
    /// Value of `X-Amz-Security-Token`, when the credentials are temporary.
    public let securityToken: String?
    public let accessKeyID: String
    /// `date/region/service/aws4_request`
    public let credentialScope: String
    public let stringToSign: String
    /// 32 bytes. A secret.
    let signingKey: [UInt8]
    /// Lower-case hexadecimal, 64 characters.
    public let signature: String

    /// Value of `Authorization`.
    public var authorization: String {
        String(
            concatenating: "AWS4-HMAC-SHA256 Credential=",
            accessKeyID,
            "/",
            credentialScope,
            ", SignedHeaders=",
            canonicalRequest.signedHeaders,
            ", Signature=",
            signature
        )
    }

    /// What is added to the request: `X-Amz-Date`, `X-Amz-Security-Token` when there is one, `Authorization`.
    public var addedHeaders: [(name: String, value: String)] {
        var headers = [(name: "X-Amz-Date", value: amzDate)]
        if let securityToken {
            headers.append(("X-Amz-Security-Token", securityToken))
        }
        headers.append(("Authorization", authorization))
        return headers
    }
}
