import AWS

/// Decides whether a request to an AWS service may pass, and says no in AWS's words.
struct Authentication: Sendable {
    /// A request may be this many seconds early or late.
    static let maximumSkew = 300

    let store: CredentialStore
    /// The only region whose signatures are accepted; nil accepts every region.
    let region: String?

    /// - Parameters:
    ///   - service: the signing name, for example `bedrock`.
    ///   - time: now, in seconds since 1970 UTC.
    /// - Returns: who sent it.
    @discardableResult
    func check(_ request: SandboxRequest, service: String, at time: Int) throws(AWSError) -> Caller {
        guard let authorization = request.header("authorization"), !authorization.isEmpty else {
            throw AWSError(
                status: 403,
                type: "MissingAuthenticationTokenException",
                message: "Missing Authentication Token"
            )
        }
        if ASCII.lowercased(authorization.prefix(7)) == "bearer " {
            guard ASCII.trimmed(authorization.dropFirst(7)) == store.bearerToken else {
                throw .accessDenied("Authentication failed: Please make sure your API Key is valid.")
            }
            return Self.bearer
        }
        let header = try AuthorizationHeader(parsing: authorization)
        try checkScope(header, service: service)
        try checkSignedHeaders(header, of: request)
        let signedAt = try checkTime(header, of: request, now: time)
        let credential = try credential(for: header, of: request, now: time)
        try checkSignature(header, of: request, credential, signedAt: signedAt)
        return Caller(arn: credential.arn, accessKeyID: header.accessKeyID)
    }

    /// A long-term API key belongs to a user made for it.
    private static let bearer = Caller.user("BedrockAPIKey-sandbox")

    private func checkScope(_ header: AuthorizationHeader, service: String) throws(AWSError) {
        guard header.terminator == "aws4_request" else {
            throw Self.invalid(
                "Credential should be scoped with a valid terminator: 'aws4_request', "
                    + "not '\(header.terminator)'."
            )
        }
        guard header.service == service else {
            throw Self.invalid("Credential should be scoped to correct service: '\(service)'. ")
        }
        guard region == nil || header.region == region else {
            throw Self.invalid("Credential should be scoped to a valid region. ")
        }
    }

    /// `host` and whatever `x-amz-` header is there must be under the signature.
    private func checkSignedHeaders(_ header: AuthorizationHeader, of request: SandboxRequest) throws(AWSError) {
        guard header.signedHeaders.contains("host") else {
            throw Self.invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        }
        for field in request.headers {
            let name = ASCII.lowercased(field.name)
            if name.hasPrefix("x-amz-"), !header.signedHeaders.contains(name) {
                throw Self.invalid("'\(name)' must be a 'SignedHeader' in the AWS Authorization.")
            }
        }
        guard header.signedHeaders == header.signedHeaders.sorted() else {
            throw Self.invalid("The signed headers must be sorted by their lower-case names.")
        }
    }

    private func checkTime(
        _ header: AuthorizationHeader,
        of request: SandboxRequest,
        now: Int
    ) throws(AWSError) -> String {
        guard let stamp = request.header("x-amz-date") else {
            throw AWSError(
                status: 400,
                type: "IncompleteSignatureException",
                message: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
            )
        }
        guard let signedAt = UTCTime.unixSeconds(iso8601: stamp).map({ Int($0) }), Self.basic(signedAt) == stamp else {
            throw AWSError(
                status: 400,
                type: "IncompleteSignatureException",
                message: "Date must be in ISO-8601 'basic format'. Got '\(stamp)'."
            )
        }
        guard stamp.hasPrefix(header.date + "T") else {
            throw Self.invalid(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                    + "from HTTP: '\(header.date)' != '\(stamp.prefix(8))', from '\(stamp)'."
            )
        }
        let current = Self.basic(now)
        if signedAt < now - Self.maximumSkew {
            throw Self.invalid(
                "Signature expired: \(stamp) is now earlier than "
                    + "\(Self.basic(now - Self.maximumSkew)) (\(current) - 5 min.)"
            )
        }
        if signedAt > now + Self.maximumSkew {
            throw Self.invalid(
                "Signature not yet current: \(stamp) is still later than "
                    + "\(Self.basic(now + Self.maximumSkew)) (\(current) + 5 min.)"
            )
        }
        return stamp
    }

    private static func basic(_ time: Int) -> String { UTCTime(unixSeconds: time).basicISO8601 }

    private func credential(
        for header: AuthorizationHeader,
        of request: SandboxRequest,
        now: Int
    ) throws(AWSError) -> KnownCredential {
        let unknown = AWSError(
            status: 403,
            type: "UnrecognizedClientException",
            message: "The security token included in the request is invalid."
        )
        guard let credential = store.credential(header.accessKeyID) else { throw unknown }
        guard credential.sessionToken == request.header("x-amz-security-token") else { throw unknown }
        if let expiration = credential.expiration, expiration <= now {
            throw AWSError(
                status: 403,
                type: "ExpiredTokenException",
                message: "The security token included in the request is expired"
            )
        }
        return credential
    }

    private func checkSignature(
        _ header: AuthorizationHeader,
        of request: SandboxRequest,
        _ credential: KnownCredential,
        signedAt: String
    ) throws(AWSError) {
        if let declared = request.header("x-amz-content-sha256"),
            declared != ASCII.hex(Digest.sha256(request.body))
        {
            throw Self.invalid("The value passed in x-amz-content-sha256 does not match the body.")
        }
        let key = store.signingKey(
            secret: credential.secretAccessKey,
            date: header.date,
            region: header.region,
            service: header.service
        )
        func computed(_ request: SandboxRequest) -> (canonical: String, text: String, signature: String) {
            let canonical = SignatureVerifier.canonicalRequest(request, signedHeaders: header.signedHeaders)
            let text = SignatureVerifier.stringToSign(
                canonicalRequest: canonical,
                time: signedAt,
                scope: header.scope
            )
            return (canonical, text, ASCII.hex(Digest.hmac(key: key, text)))
        }
        let (canonical, text, signature) = computed(request)
        let isRight =
            signature == header.signature
            || request.otherHosts.contains { computed(request.named($0)).signature == header.signature }
        guard isRight else {
            throw Self.invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS "
                    + "Secret Access Key and signing method. Consult the service documentation for details.\n\n"
                    + "The Canonical String for this request should have been\n'\(canonical)'\n\n"
                    + "The String-to-Sign should have been\n'\(text)'\n"
            )
        }
    }

    private static func invalid(_ message: String) -> AWSError {
        AWSError(status: 403, type: "InvalidSignatureException", message: message)
    }
}

extension SandboxRequest {
    fileprivate func named(_ host: String) -> SandboxRequest {
        var copy = self
        copy.headers.removeAll { $0.isNamed("host") }
        copy.headers.append(SandboxHeader("host", host))
        return copy
    }
}
