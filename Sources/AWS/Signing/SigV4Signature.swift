import HTTPClient

/// A signature with the values it was made from.
public struct SigV4Signature: Sendable {
    let canonicalRequest: CanonicalRequest
    /// Value of `X-Amz-Date`.
    let amzDate: String
    /// Value of `X-Amz-Security-Token`, when the credentials are temporary.
    let securityToken: String?
    /// Part of the header's `Credential`.
    let accessKeyID: String
    let text: StringToSign
    let code: SHA256.Digest

    /// Value of `Authorization`.
    private var authorization: String {
        var value: [UInt8] = []
        value.reserveCapacity(256)
        value.append("AWS4-HMAC-SHA256 Credential=")
        value.append(accessKeyID)
        value.append(UInt8(ascii: "/"))
        value.append(contentsOf: text.scope)
        value.append(", SignedHeaders=")
        value.append(contentsOf: canonicalRequest.signedHeaders)
        value.append(", Signature=")
        Hexadecimal.append(code, to: &value)
        return String(decoding: value, as: UTF8.self)
    }

    /// What is added to the request: `X-Amz-Date`, `X-Amz-Security-Token` when there is one, `Authorization`.
    public var addedHeaders: [HTTPHeader] {
        let date = HTTPHeader("X-Amz-Date", amzDate)
        let authorization = HTTPHeader("Authorization", authorization)
        guard let securityToken else { return [date, authorization] }
        return [date, HTTPHeader("X-Amz-Security-Token", securityToken), authorization]
    }
}

/// The text whose authentication code is the signature.
/// Source: AWS General Reference, "Create a signed AWS API request", step 2.
struct StringToSign: Sendable {
    let bytes: [UInt8]
    /// `date/region/service/aws4_request`
    var scope: ArraySlice<UInt8> { bytes[scopeRange] }
    private let scopeRange: Range<Int>

    /// - Parameter date: the first eight characters of `amzDate`.
    init(
        _ request: CanonicalRequest,
        amzDate: String,
        date: String,
        region: String,
        service: String
    ) throws(CryptographyError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        bytes.append("AWS4-HMAC-SHA256\n")
        bytes.append(amzDate)
        bytes.append(UInt8(ascii: "\n"))
        let scopeStart = bytes.count
        bytes.append(date)
        bytes.append(UInt8(ascii: "/"))
        bytes.append(region)
        bytes.append(UInt8(ascii: "/"))
        bytes.append(service)
        bytes.append("/aws4_request")
        scopeRange = scopeStart..<bytes.count
        bytes.append(UInt8(ascii: "\n"))
        Hexadecimal.append(try SHA256.inlineDigest(of: request.bytes.span.bytes), to: &bytes)
        self.bytes = bytes
    }
}
