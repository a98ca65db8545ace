import HTTPClient
import Testing

@testable import AWS

@Suite struct STSTests {
    static func success(_ accessKeyID: String = "ASIA", expiration: String = "2025-07-01T13:34:56Z") -> String {
        """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
         <AssumeRoleResult>
          <AssumedRoleUser><AssumedRoleId>AROAX:s</AssumedRoleId><Arn>arn:aws:sts::1:assumed-role/N/s</Arn></AssumedRoleUser>
          <Credentials><AccessKeyId>\(accessKeyID)</AccessKeyId><SecretAccessKey>a&amp;b&#x2F;</SecretAccessKey><SessionToken>
            t+/=</SessionToken><Expiration>\(expiration)</Expiration></Credentials>
          <PackedPolicySize>6</PackedPolicySize>
         </AssumeRoleResult>
         <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
        </AssumeRoleResponse>
        """
    }

    static func failure(_ code: String, _ message: String = "no") -> String {
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
            + "<Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    }

    private func client(_ transport: ScriptedTransport, _ world: FakeWorld = FakeWorld()) throws -> STSClient {
        let region = try #require(AWSRegion("eu-west-1"))
        return STSClient(
            runtime: world.runtime(transport),
            endpoint: try .usable(.sts, region: region, settings: .init(environment: [:])),
            clocks: ClockOffsets()
        )
    }

    private let assume = STSRequest.assumeRole(.init(roleARN: "arn:aws:iam::123456789012:role/Name"), now: 0)
    private let source = StaticCredentials(.longTerm)

    // MARK: Forms

    /// The bodies of the recorded signatures were captured from botocore.
    @Test func formsAsBotocoreWritesThem() throws {
        let plain = try #require(SigV4Vector.all.first { $0.name == "sts-assume-role" })
        let plainForm = STSRequest.assumeRole(
            .init(
                roleARN: "arn:aws:iam::123456789012:role/BedrockAccessAdapterRoleName",
                sessionName: RoleSessionName.adapter
            ),
            now: 0
        )
        #expect(String(decoding: plainForm.body, as: UTF8.self) == plain.request.body)
    }

    @Test func webIdentityForm() {
        let request = STSRequest.assumeRoleWithWebIdentity(
            roleARN: "arn:aws:iam::123456789012:role/x",
            sessionName: "adapter",
            token: "ey.J+/=tok",
            now: 0
        )
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fx&RoleSessionName=adapter&WebIdentityToken=ey.J%2B%2F%3Dtok"
        )
        #expect(!request.isSigned)
    }

    @Test func formOfAllParameters() {
        let request = STSRequest.assumeRole(
            .init(
                roleARN: "r",
                sessionName: "s",
                externalID: "e e",
                durationSeconds: 900
            ),
            now: 0
        )
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=r&RoleSessionName=s"
                + "&DurationSeconds=900&ExternalId=e+e"
        )
    }

    // MARK: Answers

    @Test func successIsRead() {
        let answer = STSAnswer(status: 200, body: Array(Self.success().utf8))
        #expect(
            answer
                == .credentials(
                    .init(
                        accessKeyID: "ASIA",
                        secretAccessKey: "a&b/",
                        sessionToken: "t+/=",
                        expiration: 1_751_376_896
                    )
                )
        )
    }

    @Test func prefixesCommentsAndUnknownElementsDoNotMatter() {
        let text = """
            \u{FEFF}<?xml version="1.0"?><!-- <Credentials> --><s:R xmlns:s='a>b'><new a="/>"/><s:Credentials>
            <s:AccessKeyId >A</s:AccessKeyId ><SecretAccessKey><![CDATA[<&>]]></SecretAccessKey>
            <SessionToken>t</SessionToken><Expiration>2025-07-01T13:34:56.000Z</Expiration></s:Credentials></s:R>
            """
        #expect(
            STSAnswer(status: 200, body: Array(text.utf8))
                == .credentials(
                    .init(accessKeyID: "A", secretAccessKey: "<&>", sessionToken: "t", expiration: 1_751_376_896)
                )
        )
    }

    @Test(arguments: [
        "", "{}", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a/>", "<a b='></a>",
        "text<a/>", "<a/>text", "<a><!-- </a>", "</a>", "<a>&#xFFFFFFFF;</a>", "<a>&#;</a>", "< a></a>", "<",
    ])
    func notWellFormed(text: String) {
        #expect(throws: XMLElement.SyntaxError.self) { try XMLElement(parsing: Array(text.utf8)) }
        #expect(STSAnswer(status: 200, body: Array(text.utf8)) == .unintelligible)
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8
            )
        }
        #expect((try? XMLElement(parsing: nested(64))) != nil)
        for bad in [nested(65), Array(repeatElement(Array("<a>".utf8), count: 50_000).joined()), [0x3C, 0xFF, 0x3E]] {
            #expect(throws: XMLElement.SyntaxError.self) { try XMLElement(parsing: bad) }
        }
    }

    // MARK: Calls

    @Test func callIsSignedAndFound() async throws {
        let transport = ScriptedTransport(.answer(200, Self.success()))
        let credentials = try await client(transport).call(assume, signedBy: source)
        #expect(credentials.accessKeyID == "ASIA")
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://sts.eu-west-1.amazonaws.com/")
        #expect(request.method == "POST")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded; charset=utf-8")
        #expect(request.header("X-Amz-Date") == "20250701T123456Z")
        let authorization = try #require(request.header("Authorization"))
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250701/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature="
            )
        )
    }

    @Test func webIdentityIsNotSigned() async throws {
        let transport = ScriptedTransport(.answer(200, Self.success()))
        _ = try await client(transport).call(
            .assumeRoleWithWebIdentity(roleARN: "r", sessionName: "s", token: "t", now: 0),
            signedBy: nil
        )
        #expect(transport.requests.first?.headers.count == 1)
    }

    @Test func deniedIsRelayed() async throws {
        let transport = ScriptedTransport(.answer(403, Self.failure("AccessDenied", "User: x is not authorized")))
        do {
            _ = try await client(transport).call(assume, signedBy: source)
            Issue.record("the refusal went unnoticed")
        } catch let error as AWSCredentialError {
            #expect(error.cause == .denied)
            #expect(error.status == 403)
            #expect(
                error.message
                    == "An error occurred (AccessDenied) when calling the AssumeRole operation: User: x is not authorized"
            )
        }
        #expect(transport.requests.count == 1)
    }

    @Test func transientFailuresAreTriedAgain() async throws {
        let world = FakeWorld()
        let transport = ScriptedTransport(
            .failure(.connectionLost("h")),
            .answer(503, "<html>"),
            .answer(200, Self.success())
        )
        _ = try await client(transport, world).call(assume, signedBy: source)
        #expect(transport.requests.count == 3)
        #expect(world.sleeps == [.milliseconds(500), .milliseconds(1000)])
    }

    @Test(arguments: [
        (ScriptedTransport.Reply.failure(.connectTimeout("h")), 3, AWSCredentialError.Cause.unreachable, 503),
        (.answer(500, failure("InternalFailure")), 3, .unreachable, 503),
        (.answer(400, failure("Throttling")), 3, .unreachable, 503),
        (.answer(400, failure("IDPCommunicationError")), 3, .unreachable, 503),
        (.answer(502, "bad gateway"), 3, .unreachable, 503), (.answer(200, "<a/>"), 1, .invalidAnswer, 500),
        (.answer(400, failure("ValidationError")), 1, .invalidConfiguration, 500),
        (.answer(400, failure("ExpiredTokenException")), 2, .invalidConfiguration, 500),
        (.answer(404, "nothing"), 1, .invalidAnswer, 500), (.failure(.cancelled), 1, .cancelled, 499),
    ])
    func lastingFailures(
        reply: ScriptedTransport.Reply,
        attempts: Int,
        expected: AWSCredentialError.Cause,
        status: Int
    ) async throws {
        let transport = ScriptedTransport(reply)
        let client = try client(transport)
        #expect(await cause { _ = try await client.call(assume, signedBy: source) } == expected)
        #expect(transport.requests.count == attempts)
        #expect(AWSCredentialError(expected).status == status)
    }

    @Test func aWrongClockIsCorrectedOnce() async throws {
        let world = FakeWorld()
        let transport = ScriptedTransport(
            .answer(
                403,
                Self.failure("SignatureDoesNotMatch"),
                headers: [HTTPHeader("Date", "Tue, 01 Jul 2025 13:34:56 GMT")]
            ),
            .answer(200, Self.success(expiration: "2025-07-01T15:00:00Z"))
        )
        _ = try await client(transport, world).call(assume, signedBy: source)
        #expect(transport.requests.map { $0.header("X-Amz-Date") } == ["20250701T123456Z", "20250701T133456Z"])
    }

    @Test func aWrongSignatureWithTheRightClockIsDenied() async throws {
        let transport = ScriptedTransport(
            .answer(
                403,
                Self.failure("SignatureDoesNotMatch"),
                headers: [HTTPHeader("Date", "Tue, 01 Jul 2025 12:34:50 GMT")]
            )
        )
        let client = try client(transport)
        #expect(await cause { _ = try await client.call(assume, signedBy: source) } == .denied)
        #expect(transport.requests.count == 1)
    }

    @Test func rejectedSourceCredentialsAreReplaced() async throws {
        let world = FakeWorld()
        let names = ScriptedSource { index in
            .success(.temporary("S\(index)", expiration: FakeWorld.start + 3600))
        }
        let transport = ScriptedTransport(
            .answer(403, Self.failure("InvalidClientTokenId")),
            .answer(200, Self.success())
        )
        let provider = RotatingCredentialProvider(names, runtime: world.runtime(transport), windows: .standard)
        _ = try await client(transport, world).call(assume, signedBy: provider)
        #expect(transport.requests.map { $0.header("X-Amz-Security-Token") } == ["token-S0", "token-S1"])
    }
}
