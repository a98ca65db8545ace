/// Signature Version 4 in the `Authorization` header.
///
/// Pure but for a bounded cache of signing keys; safe to share between threads.
/// Source: AWS General Reference, "Create a signed AWS API request".
public final class SigV4Signer: Sendable {
    /// One signer for the process, so that signing keys are derived once.
    public static let shared = SigV4Signer()

    private let keys: SigningKeyCache

    public convenience init() {
        self.init(keys: SigningKeyCache())
    }

    init(keys: SigningKeyCache) {
        self.keys = keys
    }

    /// Signs one attempt of a request. Sign again, with a fresh time, for every attempt.
    /// - Parameters:
    ///   - url: exactly the URL that will be sent.
    ///   - headers: the caller's headers; `Authorization`, `X-Amz-Date` and `X-Amz-Security-Token` of an earlier
    ///     attempt are ignored.
    ///   - service: the signing name, `bedrock`, `bedrock-mantle` or `sts`.
    ///   - unixSeconds: the time, corrected by what is known of the local clock's error.
    /// - Throws: `SigV4Error` for a relative URL, header values with line breaks, credentials that are not ASCII.
    public func sign(
        method: String,
        url: String,
        headers: [(name: String, value: String)],
        body: [UInt8],
        credentials: AWSCredentials,
        region: String,
        service: String,
        unixSeconds: Int,
        selection: SignedHeaderSelection = .essential
    ) throws(SigV4Error) -> SigV4Signature {
        guard let parts = URLParts(url) else { throw .invalidURL }
        try Self.check(credentials, region: region)
        let amzDate = UTCTime(unixSeconds: unixSeconds).basicISO8601
        var signed = headers.filter { !Self.isReplaced($0.name) }
        signed.append(("X-Amz-Date", amzDate))
        if let token = credentials.sessionToken {
            signed.append(("X-Amz-Security-Token", token))
        }
        let payloadHash =
            if let declared = headers.first(where: { $0.name.lowercased() == "x-amz-content-sha256" }) {
                declared.value
            } else {
                try Self.hash(body)
            }
        let canonical = try CanonicalRequest(
            method: method,
            url: parts,
            headers: signed,
            selection: selection,
            payloadHash: payloadHash
        )
        do throws(CryptographyError) {
            return try signature(
                of: canonical,
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
        let date = String(amzDate.prefix(8))
        let scope = String(concatenating: date, "/", region, "/", service, "/aws4_request")
        let digest = try SHA256.hexDigest(of: canonical.text.utf8)
        let stringToSign = String(concatenating: "AWS4-HMAC-SHA256\n", amzDate, "\n", scope, "\n", digest)
        let key = try keys.key(
            for: .init(
                secretAccessKey: credentials.secretAccessKey,
                date: date,
                region: region,
                service: service
            )
        )
        let code = try HMAC.authenticationCode(for: stringToSign.utf8, key: key)
        return SigV4Signature(
            canonicalRequest: canonical,
            amzDate: amzDate,
            securityToken: credentials.sessionToken,
            accessKeyID: credentials.accessKeyID,
            credentialScope: scope,
            stringToSign: stringToSign,
            signingKey: key,
            signature: Hexadecimal.encode(code)
        )
    }

    private static func hash(_ body: [UInt8]) throws(SigV4Error) -> String {
        guard !body.isEmpty else { return emptyPayloadHash }
        do throws(CryptographyError) {
            return try SHA256.hexDigest(of: body)
        } catch {
            throw .cryptography(error)
        }
    }

    static let emptyPayloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    static func isReplaced(_ name: String) -> Bool {
        switch name.lowercased() {
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
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
