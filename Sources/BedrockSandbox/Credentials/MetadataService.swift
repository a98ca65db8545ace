import AWS
import JSON
import Synchronization

/// The services next to a program that hand out its role's credentials: the instance metadata service, version 2, and
/// the agents of ECS and of EKS Pod Identity.
///
/// Source: Amazon EC2 User Guide "Use IMDSv2"; Amazon ECS Developer Guide "Task IAM role"; Amazon EKS User Guide "EKS
/// Pod Identity".
final class MetadataService: Sendable {
    static let instanceRole = "sandbox-instance"
    static let podRole = "sandbox-pod"

    private static let maximumTokens = 1024
    private static let longestTokenLife = 21_600
    private let issuer: SessionIssuer
    /// Tokens of the instance metadata service and when they end.
    private let tokens = Mutex<[String: Int]>([:])

    init(issuer: SessionIssuer) { self.issuer = issuer }

    // MARK: Instance

    /// Answers `/latest/…`.
    /// - Parameter segments: of the path, from `latest` on.
    func instance(_ request: SandboxRequest, _ segments: [String], role: SandboxRole, at time: Int) -> SandboxAnswer {
        if segments == ["latest", "api", "token"] { return token(request, at: time) }
        guard request.method == "GET" else { return .text("", status: 405) }
        guard let text = request.header("x-aws-ec2-metadata-token"),
            let end = tokens.withLock({ $0[text] }), end > time
        else { return .text("", status: 401) }
        let path = ["latest", "meta-data", "iam", "security-credentials"]
        guard segments.starts(with: path), segments.count <= path.count + 1, role.failure != .missing else {
            return .text("", status: 404)
        }
        guard segments.count > path.count else { return delayed(.text(role.name, status: 200), role) }
        issuer.count(.instance)
        guard segments.last == role.name else { return .text("", status: 404) }
        switch role.failure {
        case .unavailable, .throttled: return delayed(.text("", status: 503), role)
        case .denied:
            // That the role cannot be assumed is told with status 200.
            return delayed(
                .json([
                    "Code": "AssumeRoleUnauthorizedAccess",
                    "Message": "EC2 cannot assume the role \(role.name).",
                    "LastUpdated": .string(UTCTime(unixSeconds: time).extendedISO8601),
                ]),
                role
            )
        case .invalid: return delayed(.text("It works!", status: 200), role)
        case .missing, nil: break
        }
        let credential = issuer.current(role, session: "i-0123456789abcdef0", .instance, at: time)
        var members = Self.members(credential)
        members["Code"] = "Success"
        members["LastUpdated"] = .string(UTCTime(unixSeconds: time).extendedISO8601)
        members["Type"] = "AWS-HMAC"
        return delayed(.json(.object(members)), role)
    }

    private func token(_ request: SandboxRequest, at time: Int) -> SandboxAnswer {
        guard request.method == "PUT" else { return .text("", status: 405) }
        // A request that came through a proxy is not from this instance.
        guard request.header("x-forwarded-for") == nil else { return .text("", status: 403) }
        guard let seconds = request.header("x-aws-ec2-metadata-token-ttl-seconds").flatMap({ Int($0) }),
            (1...Self.longestTokenLife).contains(seconds)
        else { return .text("", status: 400) }
        let token = "AQAEA" + ASCII.hex((0..<24).map { _ in UInt8.random(in: 0...255) }) + "=="
        tokens.withLock { tokens in
            if tokens.count >= Self.maximumTokens { tokens = tokens.filter { $0.value > time } }
            if tokens.count >= Self.maximumTokens { tokens.removeAll() }
            tokens[token] = time + seconds
        }
        var answer = SandboxAnswer.text(token, status: 200, type: "text/plain")
        answer.headers.append(SandboxHeader("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", String(seconds)))
        return answer
    }

    // MARK: Container

    /// Answers `/v2/credentials/ROLE`, as the agent of ECS: no token.
    func task(_ request: SandboxRequest, role: SandboxRole, at time: Int) -> SandboxAnswer {
        container(request, role, "task", at: time)
    }

    /// Answers `/v1/credentials`, as the agent of EKS: the pod's token must be there.
    func pod(_ request: SandboxRequest, role: SandboxRole, at time: Int) -> SandboxAnswer {
        guard let text = request.header("authorization"), !text.isEmpty else {
            issuer.count(.container)
            return Self.refusal(400, "Service account token cannot be empty")
        }
        guard let token = WebIdentityToken(text), token.expiration > time else {
            issuer.count(.container)
            return Self.refusal(400, "Service account token is invalid or has expired")
        }
        return container(request, role, "pod", at: time)
    }

    private func container(
        _ request: SandboxRequest,
        _ role: SandboxRole,
        _ session: String,
        at time: Int
    ) -> SandboxAnswer {
        guard request.method == "GET" else { return .text("", status: 405) }
        issuer.count(.container)
        switch role.failure {
        case .missing: return Self.refusal(400, "Credentials not found")
        case .denied: return Self.refusal(403, "The role may not be assumed")
        case .unavailable: return Self.refusal(503, "Service Unavailable")
        case .throttled: return Self.refusal(429, "Too Many Requests")
        case .invalid: return delayed(.text("It works!", status: 200), role)
        case nil: break
        }
        let credential = issuer.current(role, session: session, .container, at: time)
        var members = Self.members(credential)
        members["RoleArn"] = .string("arn:aws:iam::\(role.account):role/\(role.name)")
        members["AccountId"] = .string(role.account)
        return delayed(.json(.object(members)), role)
    }

    // MARK: Answers

    private static func members(_ credential: KnownCredential) -> JSONObject {
        [
            "AccessKeyId": .string(credential.accessKeyID),
            "SecretAccessKey": .string(credential.secretAccessKey),
            "Token": .string(credential.sessionToken ?? ""),
            "Expiration": .string(UTCTime(unixSeconds: credential.expiration ?? 0).extendedISO8601),
        ]
    }

    private static func refusal(_ status: Int, _ message: String) -> SandboxAnswer {
        .json(["code": "InvalidRequest", "message": .string(message), "HTTPErrorCode": JSON(status)], status: status)
    }

    private func delayed(_ answer: SandboxAnswer, _ role: SandboxRole) -> SandboxAnswer {
        var answer = answer
        answer.delay = .milliseconds(role.delay)
        return answer
    }
}
