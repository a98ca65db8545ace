import AWS
import Foundation
import HTTPClient
import JSON
import Testing

@testable import BedrockSandbox

/// One entry of sigv4.json.
struct SignatureVector: Sendable, CustomTestStringConvertible {
    let json: JSON

    var testDescription: String { json["name"]?.stringValue ?? "" }

    static let all: [SignatureVector] = {
        guard let data = try? Fixtures.data("sigv4.json"), let file = try? JSON(parsing: Array(data)) else { return [] }
        return (file["vectors"]?.arrayValue ?? []).map(SignatureVector.init)
    }()

    func text(_ path: String...) -> String {
        var value: JSON? = json
        for key in path { value = value?[key] }
        return value?.stringValue ?? ""
    }

    /// The request as it arrives: with the host and what the signer added.
    var request: SandboxRequest {
        let url = text("request", "url")
        let rest = url.drop { $0 != "/" }.dropFirst(2)
        let host = String(rest.prefix { $0 != "/" })
        let target = String(rest.drop { $0 != "/" })
        let own = json["request"]?["headers"]?.arrayValue ?? []
        let added = json["expected"]?["added_headers"]?.arrayValue ?? []
        let headers = (own + added).map {
            SandboxHeader($0[0]?.stringValue ?? "", $0[1]?.stringValue ?? "")
        }
        let body =
            json["request"]?["body_base64"]?.stringValue.flatMap { Data(base64Encoded: $0) }.map(Array.init)
            ?? Array(text("request", "body").utf8)
        return SandboxRequest(
            method: text("request", "method"),
            target: target,
            headers: [SandboxHeader("Host", host)] + headers,
            body: body
        )
    }

    var authentication: Authentication {
        Authentication(
            store: CredentialStore(
                [
                    KnownCredential(
                        accessKeyID: text("credentials", "access_key_id"),
                        secretAccessKey: text("credentials", "secret_access_key"),
                        sessionToken: json["credentials"]?["session_token"]?.stringValue
                    )
                ],
                bearerToken: "none"
            ),
            region: text("region")
        )
    }

    var time: Int { Int(UTCTime.unixSeconds(iso8601: text("amz_date")) ?? 0) }
}

struct SignatureTests {
    @Test func vectorsAreThere() { #expect(SignatureVector.all.count == 12) }

    @Test(arguments: SignatureVector.all)
    func everyIntermediateValueIsThatOfTheVector(_ vector: SignatureVector) throws {
        let request = vector.request
        let header = try AuthorizationHeader(parsing: request.header("authorization") ?? "")
        #expect(header.signedHeaders.joined(separator: ";") == vector.text("expected", "signed_headers"))
        #expect(SignatureVerifier.canonicalPath(request.rawPath) == vector.text("expected", "canonical_uri"))
        #expect(
            SignatureVerifier.canonicalQuery(request.rawQuery) == vector.text("expected", "canonical_query_string")
        )
        let canonical = SignatureVerifier.canonicalRequest(request, signedHeaders: header.signedHeaders)
        #expect(canonical == vector.text("expected", "canonical_request"))
        #expect(
            SignatureVerifier.stringToSign(
                canonicalRequest: canonical,
                time: vector.text("amz_date"),
                scope: header.scope
            )
                == vector.text("expected", "string_to_sign")
        )
        let key = SignatureVerifier.signingKey(
            secret: vector.text("credentials", "secret_access_key"),
            date: header.date,
            region: header.region,
            service: header.service
        )
        #expect(ASCII.hex(key) == vector.text("expected", "signing_key_hex"))
    }

    @Test(arguments: SignatureVector.all)
    func vectorIsAccepted(_ vector: SignatureVector) throws {
        let caller = try vector.authentication.check(vector.request, service: vector.text("service"), at: vector.time)
        #expect(caller.accessKeyID == vector.text("credentials", "access_key_id"))
    }

    @Test(arguments: SignatureVector.all)
    func changedRequestIsRefused(_ vector: SignatureVector) throws {
        var changed: [SandboxRequest] = []
        for _ in 0..<4 { changed.append(vector.request) }
        changed[0].body.append(0x20)
        changed[1].target += changed[1].target.contains("?") ? "&x=1" : "?x=1"
        changed[2].method = changed[2].method == "GET" ? "PUT" : "GET"
        changed[3].headers.removeAll { $0.isNamed("host") }
        changed[3].headers.append(SandboxHeader("host", "example.com"))
        for request in changed {
            #expect(throws: AWSError.self) {
                try vector.authentication.check(request, service: vector.text("service"), at: vector.time)
            }
        }
    }
}

struct AuthenticationTests {
    let vector = SignatureVector.all[0]

    private func refusal(
        _ change: (inout SandboxRequest) -> Void,
        after seconds: Int = 0,
        service: String = "bedrock"
    ) -> AWSError? {
        var request = vector.request
        change(&request)
        do {
            try vector.authentication.check(request, service: service, at: vector.time + seconds)
            return nil
        } catch { return error }
    }

    private func authorization(_ change: @escaping (String) -> String) -> (inout SandboxRequest) -> Void {
        { request in
            let value = change(request.header("authorization") ?? "")
            request.headers.removeAll { $0.isNamed("authorization") }
            request.headers.append(SandboxHeader("authorization", value))
        }
    }

    @Test func unchangedRequestPasses() { #expect(refusal { _ in } == nil) }

    @Test func nothingToAuthenticateWith() {
        let error = refusal { $0.headers.removeAll { $0.isNamed("authorization") } }
        #expect(error?.status == 403)
        #expect(error?.type == "MissingAuthenticationTokenException")
    }

    @Test func unknownAccessKey() {
        let error = refusal(authorization { $0.replacingOccurrences(of: "AKIDEXAMPLE", with: "AKIDOTHER") })
        #expect(error?.status == 403)
        #expect(error?.type == "UnrecognizedClientException")
        #expect(error?.message == "The security token included in the request is invalid.")
    }

    @Test func wrongSignatureTellsTheCanonicalRequest() {
        let error = refusal(authorization { $0.replacingOccurrences(of: "Signature=57", with: "Signature=75") })
        #expect(error?.status == 403)
        #expect(error?.type == "InvalidSignatureException")
        #expect(error?.message.contains(vector.text("expected", "canonical_request")) == true)
    }

    @Test func otherServiceTerminatorAndDate() {
        #expect(refusal({ _ in }, service: "sts")?.message.contains("correct service: 'sts'") == true)
        #expect(
            refusal(authorization { $0.replacingOccurrences(of: "aws4_request", with: "aws5_request") })?.message
                .contains("valid terminator") == true
        )
        #expect(
            refusal(authorization { $0.replacingOccurrences(of: "/20250701/", with: "/20250702/") })?.message
                .contains("Date in Credential scope does not match") == true
        )
    }

    @Test func timeBounds() {
        #expect(refusal({ _ in }, after: 300) == nil)
        #expect(refusal({ _ in }, after: -300) == nil)
        #expect(refusal({ _ in }, after: 301)?.message.hasPrefix("Signature expired: ") == true)
        #expect(refusal({ _ in }, after: -301)?.message.hasPrefix("Signature not yet current: ") == true)
    }

    @Test func amazonHeadersMustBeSigned() {
        let error = refusal { $0.headers.append(SandboxHeader("X-Amz-Security-Token", "token")) }
        #expect(error?.message.contains("'x-amz-security-token' must be a 'SignedHeader'") == true)
    }

    @Test func incompleteHeaders() {
        #expect(refusal(authorization { _ in "AWS4-HMAC-SHA256 Credential=a" })?.type == "IncompleteSignatureException")
        #expect(refusal(authorization { _ in "Basic abc" })?.type == "IncompleteSignatureException")
        #expect(
            refusal(authorization { $0.replacingOccurrences(of: "/us-east-1", with: "") })?.message
                .contains("exactly 5 slash-delimited elements") == true
        )
        #expect(refusal { $0.headers.removeAll { $0.isNamed("x-amz-date") } }?.type == "IncompleteSignatureException")
    }

    @Test(arguments: ["20250701T123456", "2025-07-01T12:34:56Z", "20251301T123456Z", "2025070aT123456Z"])
    func badTimes(_ text: String) {
        let error = refusal { request in
            request.headers.removeAll { $0.isNamed("x-amz-date") }
            request.headers.append(SandboxHeader("x-amz-date", text))
        }
        #expect(error?.message == "Date must be in ISO-8601 'basic format'. Got '\(text)'.")
    }

    @Test func hostThatAWebServerShortened() {
        #expect(
            refusal { request in
                request.headers.removeAll { $0.isNamed("host") }
                request.headers.append(SandboxHeader("host", "bedrock-runtime"))
                request.otherHosts = ["x", "bedrock-runtime.us-east-1.amazonaws.com"]
            } == nil
        )
    }

    @Test func bearerKeys() {
        let sandbox = Sandbox.quick()
        #expect(sandbox.converse("hi").status == 200)
        var request = SandboxRequest(method: "POST", target: "/model/\(Model.nova)/converse")
        request.headers = [SandboxHeader("Authorization", "Bearer wrong")]
        let answer = sandbox.answer(request, at: Sandbox.now)
        #expect(answer.status == 403)
        #expect(answer.errorType == "AccessDeniedException")
    }

    /// The adapter's signer and the sandbox's verifier were written apart; here they meet.
    @Test(arguments: [
        ("AKIDEXAMPLE", nil as String?, nil as String?),
        ("ASIDEXAMPLE", "SANDBOX/SESSION+TOKEN==", nil),
        ("ASIDEXAMPLE", "other", "UnrecognizedClientException"),
        ("ASIDEXAMPLE", nil, "UnrecognizedClientException"),
        ("ASIDEXPIRED", "SANDBOX/EXPIRED+TOKEN==", "ExpiredTokenException"),
    ])
    func signerOfTheAdapter(key: String, token: String?, errorType: String?) throws {
        let body = Array(#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#.utf8)
        let profile = "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0"
        let path = "/model/\(profile)/converse"
        let signature = try SigV4Signer().sign(
            HTTPRequest(
                method: "POST",
                url: "http://127.0.0.1:9000" + path,
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: body
            ),
            credentials: AWSCredentials(
                accessKeyID: key,
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: token
            ),
            region: "eu-west-1",
            service: "bedrock",
            unixSeconds: Sandbox.now
        )
        let answer = Sandbox.quick().answer(
            SandboxRequest(
                method: "POST",
                target: path,
                headers: [SandboxHeader("host", "127.0.0.1:9000"), SandboxHeader("content-type", "application/json")]
                    + signature.addedHeaders.map { SandboxHeader($0.name, $0.value) },
                body: body
            ),
            at: Sandbox.now
        )
        #expect(answer.status == (errorType == nil ? 200 : 403))
        #expect(answer.errorType == errorType)
    }
}
