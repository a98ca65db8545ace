import AWS

/// STS: who is asking, and credentials of roles for those who may have them.
///
/// Source: AWS STS API reference, `GetCallerIdentity`, `AssumeRole`, `AssumeRoleWithWebIdentity`, "Common errors".
struct SecurityTokenService: Sendable {
    private static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

    let authentication: Authentication
    let issuer: SessionIssuer

    func answer(_ request: SandboxRequest, _ query: QueryRequest, requestID: String, at time: Int) -> SandboxAnswer {
        do throws(AWSError) {
            guard query["Version"] == "2011-06-15" else { throw Self.invalidAction(query) }
            switch query["Action"] {
            case "GetCallerIdentity":
                return Self.answer("GetCallerIdentity", Self.identity(try caller(request, at: time)), requestID)
            case "AssumeRole": return try assumeRole(request, query, requestID, at: time)
            case "AssumeRoleWithWebIdentity": return try assumeRoleWithWebIdentity(query, requestID, at: time)
            default: throw Self.invalidAction(query)
            }
        } catch {
            return Self.failure(error, requestID)
        }
    }

    // MARK: Actions

    private func assumeRole(
        _ request: SandboxRequest,
        _ query: QueryRequest,
        _ requestID: String,
        at time: Int
    ) throws(AWSError) -> SandboxAnswer {
        issuer.count(.assumeRole)
        let caller = try caller(request, at: time)
        let (role, sessionName) = try target(query)
        let lifetime = try lifetime(query, role, isChained: caller.isSession)
        let tags = try tags(query)
        guard role.failure != .denied, role.externalID == nil || role.externalID == query["ExternalId"] else {
            throw Self.denied(
                "User: \(caller.arn) is not authorized to perform: sts:AssumeRole on resource: \(query["RoleArn"] ?? "")"
            )
        }
        return try answer("AssumeRole", role, requestID) {
            let credential = issuer.issue(
                to: role.session(sessionName),
                .assumeRole,
                lifetime: lifetime,
                tags: tags,
                at: time
            )
            return [
                Self.credentials(credential), Self.user(role.session(sessionName)), XMLNode("PackedPolicySize", "6"),
            ]
        }
    }

    private func assumeRoleWithWebIdentity(
        _ query: QueryRequest,
        _ requestID: String,
        at time: Int
    ) throws(AWSError) -> SandboxAnswer {
        issuer.count(.webIdentity)
        let (role, sessionName) = try target(query)
        let lifetime = try lifetime(query, role, isChained: false)
        guard let text = query["WebIdentityToken"] else { throw Self.missing("WebIdentityToken") }
        guard let token = WebIdentityToken(text) else {
            throw AWSError(
                status: 400,
                type: "InvalidIdentityToken",
                message:
                    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
            )
        }
        guard token.expiration > time else {
            throw AWSError(
                status: 400,
                type: "ExpiredTokenException",
                message: "Token expired: current date/time \(time) must be before the expiration date/time "
                    + "\(token.expiration)"
            )
        }
        guard role.failure != .denied else {
            throw Self.denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
        }
        return try answer("AssumeRoleWithWebIdentity", role, requestID) {
            let session = role.session(sessionName)
            let credential = issuer.issue(to: session, .webIdentity, lifetime: lifetime, at: time)
            return [
                Self.credentials(credential), Self.user(session),
                XMLNode("SubjectFromWebIdentityToken", token.subject), XMLNode("Audience", token.audience),
                XMLNode("Provider", token.issuer),
            ]
        }
    }

    /// The answer as the role's name orders it.
    private func answer(
        _ action: String,
        _ role: SandboxRole,
        _ requestID: String,
        _ result: () -> [XMLNode]
    ) throws(AWSError) -> SandboxAnswer {
        var answer: SandboxAnswer
        switch role.failure {
        case .unavailable:
            throw AWSError(status: 503, type: "ServiceUnavailable", message: "Service is unable to handle request.")
        case .throttled: throw AWSError(status: 400, type: "Throttling", message: "Rate exceeded")
        case .invalid: answer = .text("<html><body>It works!</body></html>", status: 200, type: "text/html")
        case .denied, .missing, nil: answer = Self.answer(action, result(), requestID)
        }
        answer.delay = .milliseconds(role.delay)
        return answer
    }

    // MARK: Parameters

    private func caller(_ request: SandboxRequest, at time: Int) throws(AWSError) -> Caller {
        do throws(AWSError) {
            let caller = try authentication.check(request, service: "sts", at: time)
            guard caller.accessKeyID != nil else { throw Self.denied("A Bedrock API key is no credential of STS") }
            return caller
        } catch {
            var error = error
            error.type = Self.codes[error.type] ?? error.type
            throw error
        }
    }

    private func target(_ query: QueryRequest) throws(AWSError) -> (SandboxRole, String) {
        guard let arn = query["RoleArn"] else { throw Self.missing("RoleArn") }
        guard let role = SandboxRole(arn: arn) else { throw Self.invalid("\(arn) is invalid") }
        guard let name = query["RoleSessionName"] else { throw Self.missing("RoleSessionName") }
        let isAllowed = name.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "_+=,.@-".utf8.contains($0) }
        guard isAllowed, (2...64).contains(name.utf8.count) else {
            throw Self.constraint(
                name,
                "roleSessionName",
                "Member must satisfy regular expression pattern: [\\w+=,.@-]*"
            )
        }
        return (role, name)
    }

    private func lifetime(_ query: QueryRequest, _ role: SandboxRole, isChained: Bool) throws(AWSError) -> Int {
        guard let text = query["DurationSeconds"] else { return role.lifetime }
        guard let seconds = Int(text), seconds >= 900 else {
            throw Self.constraint(text, "durationSeconds", "Member must have value greater than or equal to 900")
        }
        guard seconds <= 43_200 else {
            throw Self.constraint(text, "durationSeconds", "Member must have value less than or equal to 43200")
        }
        guard !isChained || seconds <= 3600 else {
            throw Self.invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
            )
        }
        return seconds
    }

    private func tags(_ query: QueryRequest) throws(AWSError) -> [(key: String, value: String)] {
        let tags = query.pairs("Tags")
        guard tags.count <= 50 else {
            throw Self.constraint("tags", "tags", "Member must have length less than or equal to 50")
        }
        for (key, value) in tags {
            guard (1...128).contains(key.unicodeScalars.count), value.unicodeScalars.count <= 256 else {
                throw Self.constraint(key, "tags.1.member.key", "Member must have length less than or equal to 128")
            }
        }
        guard Set(tags.map { ASCII.lowercased($0.key) }).count == tags.count else {
            throw AWSError(
                status: 400,
                type: "InvalidParameterValue",
                message: "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            )
        }
        return tags
    }
}

// MARK: - XML

extension SecurityTokenService {
    private static func identity(_ caller: Caller) -> [XMLNode] {
        [XMLNode("Arn", caller.arn), XMLNode("UserId", caller.userID), XMLNode("Account", caller.accountID)]
    }

    private static func user(_ session: Caller) -> XMLNode {
        XMLNode("AssumedRoleUser", [XMLNode("AssumedRoleId", session.userID), XMLNode("Arn", session.arn)])
    }

    private static func credentials(_ credential: KnownCredential) -> XMLNode {
        XMLNode(
            "Credentials",
            [
                XMLNode("AccessKeyId", credential.accessKeyID),
                XMLNode("SecretAccessKey", credential.secretAccessKey),
                XMLNode("SessionToken", credential.sessionToken ?? ""),
                XMLNode("Expiration", UTCTime(unixSeconds: credential.expiration ?? 0).extendedISO8601),
            ]
        )
    }

    private static func answer(_ action: String, _ result: [XMLNode], _ requestID: String) -> SandboxAnswer {
        let root = XMLNode(
            action + "Response",
            namespace: namespace,
            [
                XMLNode(action + "Result", result),
                XMLNode("ResponseMetadata", [XMLNode("RequestId", requestID)]),
            ]
        )
        return .text(root.xml, status: 200, type: "text/xml")
    }

    private static func failure(_ error: AWSError, _ requestID: String) -> SandboxAnswer {
        let root = XMLNode(
            "ErrorResponse",
            namespace: namespace,
            [
                XMLNode(
                    "Error",
                    [
                        XMLNode("Type", error.status < 500 ? "Sender" : "Receiver"),
                        XMLNode("Code", error.type), XMLNode("Message", error.message),
                    ]
                ),
                XMLNode("RequestId", requestID),
            ]
        )
        return .text(root.xml, status: error.status, type: "text/xml")
    }

    /// What STS calls the errors of a signature that services with JSON name otherwise.
    fileprivate static let codes = [
        "MissingAuthenticationTokenException": "MissingAuthenticationToken",
        "UnrecognizedClientException": "InvalidClientTokenId", "ExpiredTokenException": "ExpiredToken",
        "InvalidSignatureException": "SignatureDoesNotMatch", "IncompleteSignatureException": "IncompleteSignature",
    ]

    private static func denied(_ message: String) -> AWSError {
        AWSError(status: 403, type: "AccessDenied", message: message)
    }

    private static func invalid(_ message: String) -> AWSError {
        AWSError(status: 400, type: "ValidationError", message: message)
    }

    private static func missing(_ parameter: String) -> AWSError {
        invalid(
            "1 validation error detected: Value null at '\(ASCII.lowercased(parameter.prefix(1)))\(parameter.dropFirst())' "
                + "failed to satisfy constraint: Member must not be null"
        )
    }

    private static func constraint(_ value: String, _ place: String, _ constraint: String) -> AWSError {
        invalid(
            "1 validation error detected: Value '\(value)' at '\(place)' failed to satisfy constraint: \(constraint)"
        )
    }

    private static func invalidAction(_ query: QueryRequest) -> AWSError {
        AWSError(
            status: 400,
            type: "InvalidAction",
            message: "Could not find operation \(query["Action"] ?? "") for version \(query["Version"] ?? "")"
        )
    }
}
