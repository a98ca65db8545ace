import HTTPClient

/// Signature Version 4 in the `Authorization` header.
///
/// Pure but for a bounded cache of signing keys; safe to share between threads.
/// Source: AWS General Reference, "Create a signed AWS API request".
public final class SigV4Signer: Sendable {
    /// One signer for the process, so that signing keys are derived once.
    public static let shared = SigV4Signer()

    private let keys = SigningKeyCache()

    /// Starts without signing keys; `shared` has those in use.
    public init() {}

    /// Signs one attempt of a request. Sign again, with a fresh time, for every attempt.
    /// - Parameters:
    ///   - request: with exactly the URL that will be sent; its headers `Authorization`, `X-Amz-Date` and
    ///     `X-Amz-Security-Token` are ignored.
    ///   - bodyDigest: of the body, where it is known already.
    ///   - service: the signing name, `bedrock` or `sts`.
    ///   - unixSeconds: the time, corrected by what is known of the local clock's error.
    /// - Throws: `SigV4Error` for a relative URL, header values with line breaks, credentials that are not ASCII.
    public func sign(
        _ request: HTTPRequest,
        bodyDigest: SHA256.Digest? = nil,
        credentials: AWSCredentials,
        region: String,
        service: String,
        unixSeconds: Int
    ) throws(SigV4Error) -> SigV4Signature {
        guard let parts = URLParts(request.url) else { throw .invalidURL }
        try Self.check(credentials, region: region)
        let amzDate = UTCTime(unixSeconds: unixSeconds).basicISO8601
        var signed = CanonicalHeaders(capacity: 256 + (credentials.sessionToken?.utf8.count ?? 0))
        signed.add("host", parts.hostHeader)
        signed.add("x-amz-date", amzDate)
        if let token = credentials.sessionToken {
            signed.add("x-amz-security-token", token)
        }
        for header in request.headers {
            try signed.add(header, url: parts)
        }
        do throws(CryptographyError) {
            return try signature(
                of: try CanonicalRequest(
                    method: request.method,
                    url: parts,
                    headers: signed,
                    body: request.body,
                    bodyDigest: bodyDigest
                ),
                amzDate: amzDate,
                credentials: credentials,
                region: region,
                service: service
            )
        } catch {
            throw .cryptography(error)
        }
    }

    private func signature(
        of canonical: CanonicalRequest,
        amzDate: String,
        credentials: AWSCredentials,
        region: String,
        service: String
    ) throws(CryptographyError) -> SigV4Signature {
        let date = String(Substring(amzDate.utf8.prefix(8)))
        let text = try StringToSign(canonical, amzDate: amzDate, date: date, region: region, service: service)
        let key = try keys.key(
            for: .init(
                secretAccessKey: credentials.secretAccessKey,
                date: date,
                region: region,
                service: service
            )
        )
        return SigV4Signature(
            canonicalRequest: canonical,
            amzDate: amzDate,
            securityToken: credentials.sessionToken,
            accessKeyID: credentials.accessKeyID,
            text: text,
            code: try key.authenticationCode(for: text.bytes)
        )
    }

    /// Whether signing itself sets the header of that name, which is in lower case.
    static func isReplaced(lowercased name: String) -> Bool {
        switch name {
        case "authorization", "x-amz-date", "x-amz-security-token": true
        default: false
        }
    }

    private static func check(_ credentials: AWSCredentials, region: String) throws(SigV4Error) {
        guard !credentials.accessKeyID.isEmpty, isPrintable(credentials.accessKeyID) else {
            throw .unsafeCredential(name: "the access key id")
        }
        if let token = credentials.sessionToken, token.isEmpty || !isPrintable(token) {
            throw .unsafeCredential(name: "the session token")
        }
        guard isPrintable(region) else { throw .unsafeCredential(name: "the region") }
    }

    private static func isPrintable(_ text: String) -> Bool {
        // Session tokens are long: a loop without a way out becomes one over whole vectors.
        let bytes = text.utf8.span
        var isPrintable = true
        for index in bytes.indices {
            isPrintable = isPrintable && bytes[index] > 0x20 && bytes[index] < 0x7F
        }
        return isPrintable
    }
}
