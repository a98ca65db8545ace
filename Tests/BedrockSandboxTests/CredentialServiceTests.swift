import Foundation
import JSON
import Testing

@testable import BedrockSandbox

struct SecurityTokenServiceTests {
    private static let role = "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2F"

    private static func assume(_ role: String, _ more: String = "") -> String {
        "Action=AssumeRole&\(Self.role)\(role)&RoleSessionName=test\(more)"
    }

    private static func token(expiration: Int = Sandbox.now + 60) -> String {
        func part(_ json: JSON) -> String {
            Data(json.serialized()).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                .replacing("/", with: "_")
        }
        let claims: JSON = ["iss": "https://issuer", "sub": "subject", "aud": ["sts"], "exp": JSON(expiration)]
        return part(["alg": "RS256"]) + "." + part(claims) + ".c2ln"
    }

    private static func webIdentity(_ token: String, role: String = "web") -> String {
        "Action=AssumeRoleWithWebIdentity&\(Self.role)\(role)&RoleSessionName=test&WebIdentityToken=\(token)"
    }

    @Test func whoAmI() throws {
        let answer = try Sandbox.quick().post("Action=GetCallerIdentity")
        #expect(answer.status == 200 && answer.header("content-type") == "text/xml")
        #expect(answer.element("Arn") == "arn:aws:iam::123456789012:user/sandbox")
        #expect(answer.element("Account") == "123456789012")
        #expect(answer.element("UserId")?.hasPrefix("AIDA") == true)
    }

    @Test func aRoleIsAssumedUsedAndExpires() throws {
        let sandbox = Sandbox.quick()
        let answer = try sandbox.post(Self.assume("team%2Fexpires-in-60"))
        let keys = try #require(answer.keys)
        #expect(answer.element("Expiration") == "2025-07-01T12:01:00Z")
        let arn = "arn:aws:sts::123456789012:assumed-role/expires-in-60/test"
        #expect(answer.element("Arn") == arn)
        #expect(try sandbox.identity(keys, at: Sandbox.now + 59) == arn)
        #expect(try sandbox.identity(keys, at: Sandbox.now + 60) == "ExpiredTokenException")
        #expect(try sandbox.post("Action=GetCallerIdentity", keys).element("Arn") == arn)
        #expect(
            try sandbox.post("Action=GetCallerIdentity", keys, at: Sandbox.now + 60).element("Code") == "ExpiredToken"
        )
        var forged = keys
        forged.token = "other"
        #expect(try sandbox.identity(forged) == "UnrecognizedClientException")
        forged.token = nil
        #expect(try sandbox.identity(forged) == "UnrecognizedClientException")
    }

    @Test func revokedSessionsHaveExpired() throws {
        let sandbox = Sandbox.quick()
        let first = try #require(try sandbox.post(Self.assume("a")).keys)
        let second = try #require(try sandbox.post(Self.assume("b")).keys)
        #expect(try sandbox.get("/sandbox/credentials/\(first.id)", method: "DELETE").json() == ["revoked": 1])
        #expect(try sandbox.identity(first) == "ExpiredTokenException")
        #expect(try sandbox.identity(second)?.hasSuffix("/b/test") == true)
        #expect(try sandbox.get("/sandbox/credentials", method: "DELETE").json() == ["revoked": 1])
        let report = try sandbox.get("/sandbox/credentials").json()
        #expect(report["calls"]?["AssumeRole"] == 2)
        #expect(report["sessions"]?[1]?["isValid"] == false)
        #expect(!report.serializedString().contains(second.secret))
    }

    @Test(arguments: [
        (assume("denied"), 403, "AccessDenied"), (assume("external-id-x"), 403, "AccessDenied"),
        (assume("external-id-x", "&ExternalId=x"), 200, nil), (assume("unavailable"), 503, "ServiceUnavailable"),
        (assume("throttled"), 400, "Throttling"), (assume("a", "&DurationSeconds=899"), 400, "ValidationError"),
        (assume("a", "&DurationSeconds=43201"), 400, "ValidationError"),
        (assume("a", "&DurationSeconds=900"), 200, nil),
        (assume("a", "&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=K"), 400, "InvalidParameterValue"),
        ("Action=AssumeRole&RoleSessionName=x1", 400, "ValidationError"),
        ("Action=AssumeRole&RoleArn=role&RoleSessionName=x1", 400, "ValidationError"),
        ("Action=AssumeRole&\(role)a&RoleSessionName=a%20b", 400, "ValidationError"),
        ("Action=AssumeRole&\(role)a", 400, "ValidationError"), ("Action=Unknown", 400, "InvalidAction"),
    ])
    func answersToAssumeRole(form: String, status: Int, code: String?) throws {
        let answer = try Sandbox.quick().post(form)
        #expect(answer.status == status)
        #expect(answer.element("Code") == code)
        #expect((answer.keys == nil) == (code != nil))
    }

    @Test func signaturesAreChecked() throws {
        let sandbox = Sandbox.quick()
        let form = "Action=GetCallerIdentity"
        #expect(try sandbox.post(form, nil).element("Code") == "MissingAuthenticationToken")
        #expect(try sandbox.post(form, Keys(id: "AKIDNOBODY")).element("Code") == "InvalidClientTokenId")
        #expect(try sandbox.post(form, Keys(secret: "wrong")).element("Code") == "SignatureDoesNotMatch")
    }

    @Test func chainedRolesLastAnHourAtMost() throws {
        let sandbox = Sandbox.quick()
        let keys = try #require(try sandbox.post(Self.assume("a")).keys)
        #expect(try sandbox.post(Self.assume("b", "&DurationSeconds=3601"), keys).element("Code") == "ValidationError")
        #expect(try sandbox.post(Self.assume("b", "&DurationSeconds=3600"), keys).status == 200)
    }

    @Test func tokensOfAnIdentityProvider() throws {
        let sandbox = Sandbox.quick()
        let answer = try sandbox.post(Self.webIdentity(Self.token()), nil)
        #expect(answer.element("SubjectFromWebIdentityToken") == "subject" && answer.element("Audience") == "sts")
        let keys = try #require(answer.keys)
        #expect(try sandbox.identity(keys) == "arn:aws:sts::123456789012:assumed-role/web/test")
        for (form, code) in [
            (Self.webIdentity("nonsense"), "InvalidIdentityToken"),
            (Self.webIdentity("e30.e30.e30"), "InvalidIdentityToken"),
            (Self.webIdentity(Self.token(expiration: Sandbox.now)), "ExpiredTokenException"),
            (Self.webIdentity(Self.token(), role: "denied"), "AccessDenied"),
        ] {
            let refused = try sandbox.post(form, nil)
            #expect(refused.element("Code") == code)
            #expect(refused.status == (code == "AccessDenied" ? 403 : 400))
        }
    }

    @Test func xmlIsEscaped() throws {
        let answer = try Sandbox.quick().post("Action=%3Ca%26b%3E")
        #expect(answer.element("Message") == "Could not find operation &lt;a&amp;b&gt; for version 2011-06-15")
    }
}

struct MetadataServiceTests {
    private static let path = "/latest/meta-data/iam/security-credentials/"

    private func sessionToken(_ sandbox: Sandbox, _ prefix: String = "", seconds: String = "60") -> String? {
        let answer = sandbox.get(
            prefix + "/latest/api/token",
            method: "PUT",
            [("X-aws-ec2-metadata-token-ttl-seconds", seconds)]
        )
        return answer.status == 200 ? String(decoding: answer.bytes, as: UTF8.self) : nil
    }

    private func keys(_ answer: SandboxAnswer) throws -> Keys {
        let json = try answer.json()
        return Keys(
            id: try #require(json["AccessKeyId"]?.stringValue),
            secret: try #require(json["SecretAccessKey"]?.stringValue),
            token: try #require(json["Token"]?.stringValue)
        )
    }

    @Test(arguments: [("", "sandbox-instance"), ("/instance/expires-in-60", "expires-in-60")])
    func anInstanceWithItsRole(prefix: String, role: String) throws {
        let sandbox = Sandbox.quick()
        let token = try #require(sessionToken(sandbox, prefix))
        let header = [("X-aws-ec2-metadata-token", token)]
        let name = sandbox.get(prefix + Self.path, header)
        #expect(String(decoding: name.bytes, as: UTF8.self) == role)
        let answer = sandbox.get(prefix + Self.path + role, header)
        #expect(try answer.json()["Code"] == "Success")
        let keys = try keys(answer)
        #expect(try sandbox.identity(keys) == "arn:aws:sts::123456789012:assumed-role/\(role)/i-0123456789abcdef0")
        // The same for everyone who asks, until half its time is over.
        #expect(try self.keys(sandbox.get(prefix + Self.path + role, header, at: Sandbox.now + 20)).id == keys.id)
        #expect(sandbox.get(prefix + Self.path + "other", header).status == 404)
        if role == "expires-in-60" {
            let later = try self.keys(sandbox.get(prefix + Self.path + role, header, at: Sandbox.now + 31))
            #expect(later.id != keys.id)
        }
    }

    @Test func theTokenIsNeeded() throws {
        let sandbox = Sandbox.quick()
        #expect(sandbox.get(Self.path).status == 401)
        #expect(sandbox.get(Self.path, [("X-aws-ec2-metadata-token", "x")]).status == 401)
        let token = try #require(sessionToken(sandbox))
        #expect(sandbox.get(Self.path, [("X-aws-ec2-metadata-token", token)], at: Sandbox.now + 60).status == 401)
        for seconds in ["0", "21601", "long", ""] { #expect(sessionToken(sandbox, seconds: seconds) == nil) }
        let header = ("X-aws-ec2-metadata-token-ttl-seconds", "60")
        #expect(sandbox.get("/latest/api/token", [header]).status == 405)
        #expect(
            sandbox.get("/latest/api/token", method: "PUT", [header, ("X-Forwarded-For", "1.1.1.1")]).status == 403
        )
    }

    @Test(arguments: [
        ("denied", 200, "AssumeRoleUnauthorizedAccess"), ("unavailable", 503, nil), ("missing", 404, nil),
        ("invalid", 200, nil),
    ])
    func instancesThatFail(role: String, status: Int, code: String?) throws {
        let sandbox = Sandbox.quick()
        let token = try #require(sessionToken(sandbox, "/instance/\(role)"))
        let answer = sandbox.get("/instance/\(role)\(Self.path)\(role)", [("X-aws-ec2-metadata-token", token)])
        #expect(answer.status == status)
        #expect((try? answer.json())?["Code"]?.stringValue == code)
        #expect((try? answer.json())?["AccessKeyId"] == nil)
    }

    @Test func theAgentOfATask() throws {
        let sandbox = Sandbox.quick()
        let answer = sandbox.get("/v2/credentials/task-role")
        #expect(try answer.json()["RoleArn"] == "arn:aws:iam::123456789012:role/task-role")
        #expect(try sandbox.identity(keys(answer)) == "arn:aws:sts::123456789012:assumed-role/task-role/task")
        for (role, status) in [("denied", 403), ("missing", 400), ("unavailable", 503), ("throttled", 429)] {
            #expect(sandbox.get("/v2/credentials/\(role)").status == status)
        }
    }

    @Test func theAgentOfAPodNeedsItsToken() throws {
        let sandbox = Sandbox.quick()
        #expect(sandbox.get("/v1/credentials").status == 400)
        #expect(sandbox.get("/v1/credentials", [("Authorization", "nonsense")]).status == 400)
        // {"alg":"none"} and {"exp":2000000000}
        let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjIwMDAwMDAwMDB9.c2ln"
        let answer = sandbox.get("/v1/credentials", [("Authorization", token)])
        #expect(try sandbox.identity(keys(answer)) == "arn:aws:sts::123456789012:assumed-role/sandbox-pod/pod")
    }
}
