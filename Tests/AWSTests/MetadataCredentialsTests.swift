import Foundation
import HTTPClient
import Testing

@testable import AWS

/// A file that is there for one test.
final class TemporaryFile {
    let path: String

    init(_ content: String) throws {
        path = NSTemporaryDirectory() + "aws-tests-\(UUID().uuidString)"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ content: String) throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    }
}

private let document = """
    {"Code":"Success","LastUpdated":"2025-07-01T12:00:00Z","Type":"AWS-HMAC","AccessKeyId":"ASIAX","SecretAccessKey":"s",
    "Token":"t","Expiration":"2025-07-01T18:00:00Z"}
    """
private let expected = AWSCredentials(
    accessKeyID: "ASIAX",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: 1_751_392_800
)

@Suite struct ContainerCredentialsTests {
    private func load(
        _ environment: [String: String],
        _ transport: ScriptedTransport,
        _ world: FakeWorld = FakeWorld()
    ) async throws -> AWSCredentials? {
        try await ContainerCredentials(environment: environment, runtime: world.runtime(transport)).load()
    }

    @Test func relativeAddress() async throws {
        let transport = ScriptedTransport(.answer(200, document))
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/never",
        ]
        #expect(try await load(environment, transport) == expected)
        let request = try #require(transport.requests.first)
        #expect(request.url == "http://169.254.170.2/v2/credentials/x")
        #expect(request.method == "GET")
        #expect(request.header("Accept") == "application/json")
        #expect(request.header("Authorization") == nil)
        #expect(!request.useProxy)
        #expect(request.idleTimeout == .seconds(2))
    }

    @Test func absentVariablesMeanNothing() async throws {
        let transport = ScriptedTransport(.answer(200, document))
        #expect(try await load(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": ""], transport) == nil)
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: [
        ("http://169.254.170.2/x", true), ("http://169.254.170.23/v1/credentials", true),
        ("http://[fd00:ec2::23]/v1/credentials", true), ("http://localhost:8080/x", true), ("http://127.0.0.5/x", true),
        ("http://[::1]/x", true), ("https://anywhere.example.com/x", true), ("http://anywhere.example.com/x", false),
        ("http://169.254.169.254/x", false), ("http://localhost.example.com/x", false), ("ftp://localhost/x", false),
        ("localhost", false),
    ])
    func fullAddress(url: String, isAllowed: Bool) throws {
        let environment = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
        if isAllowed {
            #expect(try ContainerCredentials.url(environment: environment) == url)
        } else {
            #expect {
                try ContainerCredentials.url(environment: environment)
            } throws: {
                ($0 as? AWSCredentialError)?.cause == .invalidConfiguration
            }
        }
    }

    @Test func tokensOfVariableAndFile() async throws {
        let transport = ScriptedTransport(.answer(200, document))
        let file = try TemporaryFile("file-token")
        var environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x",
        ]
        _ = try await load(environment, transport)
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file.path
        _ = try await load(environment, transport)
        try file.write("new-token")
        _ = try await load(environment, transport)
        #expect(transport.requests.map { $0.header("Authorization") } == ["Basic x", "file-token", "new-token"])
        try file.write("token\n")
        #expect(await cause { _ = try await load(environment, transport) } == .invalidConfiguration)
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/nonexistent"
        #expect(await cause { _ = try await load(environment, transport) } == .invalidConfiguration)
        #expect(transport.requests.count == 3)
    }

    @Test(arguments: [
        (ScriptedTransport.Reply.failure(.timeout), AWSCredentialError.Cause.unreachable),
        (.answer(500, ""), .unreachable), (.answer(403, "{}"), .invalidAnswer),
        (.answer(200, "<html>"), .invalidAnswer),
        (.answer(200, #"{"AccessKeyId":"A"}"#), .invalidAnswer),
        (.answer(200, #"{"AccessKeyId":"A\r\nX: y","SecretAccessKey":"s"}"#), .invalidAnswer),
        (.answer(200, #"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}"#), .invalidAnswer),
    ])
    func failuresAreErrors(reply: ScriptedTransport.Reply, expected: AWSCredentialError.Cause) async {
        let transport = ScriptedTransport(reply)
        let world = FakeWorld()
        let environment = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"]
        #expect(await cause { _ = try await load(environment, transport, world) } == expected)
        #expect(transport.requests.count == 3)
        #expect(world.sleeps == [.seconds(1), .seconds(1)])
    }

    @Test func theThirdAttemptMaySucceed() async throws {
        let transport = ScriptedTransport(.failure(.connectFailed("h")), .answer(503, ""), .answer(200, document))
        #expect(try await load(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"], transport) == expected)
    }
}

@Suite struct InstanceMetadataCredentialsTests {
    private func load(
        _ transport: ScriptedTransport,
        environment: [String: String] = [:],
        world: FakeWorld = FakeWorld()
    ) async throws -> AWSCredentials? {
        let settings = try InstanceMetadataSettings(environment: environment)
        return try await InstanceMetadataCredentials(settings: settings, runtime: world.runtime(transport)).load()
    }

    @Test func secondVersion() async throws {
        let transport = ScriptedTransport(.answer(200, "TOKEN=="), .answer(200, "my-role"), .answer(200, document))
        #expect(try await load(transport) == expected)
        let base = "http://169.254.169.254/latest/"
        #expect(
            transport.requests.map { $0.method + " " + $0.url } == [
                "PUT \(base)api/token", "GET \(base)meta-data/iam/security-credentials/",
                "GET \(base)meta-data/iam/security-credentials/my-role",
            ]
        )
        #expect(transport.requests[0].header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
        #expect(transport.requests[0].body.isEmpty)
        #expect(transport.requests[1].header("x-aws-ec2-metadata-token") == "TOKEN==")
        #expect(transport.requests[2].header("x-aws-ec2-metadata-token") == "TOKEN==")
        #expect(transport.requests.allSatisfy { !$0.useProxy && $0.connectTimeout == .seconds(1) })
    }

    @Test(arguments: [
        ScriptedTransport.Reply.answer(403, ""), .answer(404, ""), .answer(405, ""), .answer(401, ""),
    ])
    func firstVersion(reply: ScriptedTransport.Reply) async throws {
        let transport = ScriptedTransport(reply, .answer(200, "role"), .answer(200, document))
        #expect(try await load(transport) == expected)
        #expect(transport.requests[1].headers.isEmpty)
        let second = ScriptedTransport(reply, .answer(200, "role"), .answer(200, document))
        #expect(try await load(second, environment: ["AWS_EC2_METADATA_V1_DISABLED": "true"]) == nil)
        #expect(second.requests.count == 1)
    }

    /// In a container behind more hops than the service allows.
    @Test func tokensThatNeverArrive() async throws {
        let open = ScriptedTransport(.failure(.timeout), .answer(200, "role"), .answer(200, document))
        #expect(try await load(open) == expected)
        #expect(open.requests[1].headers.isEmpty)
        for reply in [ScriptedTransport.Reply.answer(401, ""), .failure(.timeout)] {
            let closed = ScriptedTransport(.failure(.timeout), reply)
            #expect(await cause { _ = try await load(closed) } == .unreachable)
        }
        let disabled = ScriptedTransport(.failure(.timeout))
        let environment = ["AWS_EC2_METADATA_V1_DISABLED": "true"]
        #expect(await cause { _ = try await load(disabled, environment: environment) } == .unreachable)
        #expect(disabled.requests.count == 1)
        #expect(try await load(ScriptedTransport(.failure(.timeout), .answer(404, ""))) == nil)
    }

    @Test func aServiceThatFailsToGiveATokenIsThere() async throws {
        let open = ScriptedTransport(.answer(500, ""), .answer(200, "role"), .answer(200, document))
        #expect(try await load(open) == expected)
        #expect(
            await cause { _ = try await load(ScriptedTransport(.answer(500, ""), .answer(500, ""))) } == .unreachable
        )
        let environment = ["AWS_EC2_METADATA_V1_DISABLED": "true"]
        let disabled = ScriptedTransport(.answer(500, ""))
        #expect(await cause { _ = try await load(disabled, environment: environment) } == .unreachable)
    }

    @Test(arguments: [
        ScriptedTransport.Reply.answer(400, ""), .failure(.connectFailed("h")), .failure(.connectTimeout("h")),
        .answer(200, "bad\r\ntoken"), .answer(200, ""),
    ])
    func noService(reply: ScriptedTransport.Reply) async throws {
        let transport = ScriptedTransport(reply)
        #expect(try await load(transport) == nil)
        #expect(transport.requests.count == 1)
    }

    @Test func switchedOff() async throws {
        let transport = ScriptedTransport(.answer(200, "x"))
        #expect(try await load(transport, environment: ["AWS_EC2_METADATA_DISABLED": "TRUE"]) == nil)
        #expect(transport.requests.isEmpty)
    }

    @Test func anInstanceWithoutRole() async throws {
        #expect(try await load(ScriptedTransport(.answer(200, "T"), .answer(404, ""))) == nil)
        let failure = #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#
        #expect(
            try await load(ScriptedTransport(.answer(200, "T"), .answer(200, "r"), .answer(200, failure))) == nil
        )
    }

    @Test func aServiceThatFails() async {
        let transport = ScriptedTransport(.answer(200, "T"), .answer(500, "x"))
        #expect(
            await cause { _ = try await load(transport, environment: ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"]) }
                == .unreachable
        )
        #expect(transport.requests.count == 4)
    }

    @Test func attemptsAndTimeout() async throws {
        let environment = ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2", "AWS_METADATA_SERVICE_TIMEOUT": "5"]
        let transport = ScriptedTransport(
            .failure(.connectTimeout("h")),
            .answer(200, "T"),
            .answer(503, ""),
            .answer(200, "r"),
            .answer(200, document)
        )
        #expect(try await load(transport, environment: environment) == expected)
        #expect(transport.requests[0].connectTimeout == .seconds(5))
        #expect(
            await cause {
                _ = try await load(transport, environment: ["AWS_METADATA_SERVICE_TIMEOUT": "soon"])
            } == .invalidConfiguration
        )
    }

    @Test func endpoints() throws {
        func endpoint(_ environment: [String: String]) throws -> String {
            try InstanceMetadataSettings(environment: environment).endpoint
        }
        #expect(try endpoint([:]) == "http://169.254.169.254")
        #expect(try endpoint(["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"]) == "http://[fd00:ec2::254]")
        #expect(try endpoint(["AWS_IMDS_USE_IPV6": "true"]) == "http://[fd00:ec2::254]")
        #expect(
            try endpoint(["AWS_IMDS_USE_IPV6": "true", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"])
                == "http://169.254.169.254"
        )
        #expect(
            try endpoint(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1338/"]) == "http://127.0.0.1:1338"
        )
        #expect(throws: AWSCredentialError.self) { try endpoint(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "host"]) }
    }

    /// The window is 15 minutes and, with a random number of one half, 6 more.
    @Test(arguments: [(1261.0, nil as Double?), (1259, 1260), (10, 1260), (-500, 1260)])
    func credentialsThatAreAboutToExpireAreUsedOn(remaining: Double, extended: Double?) async throws {
        let world = FakeWorld(now: 1_751_392_800 - remaining)
        let transport = ScriptedTransport(.answer(200, "T"), .answer(200, "r"), .answer(200, document))
        let credentials = try #require(try await load(transport, world: world))
        #expect(credentials.expiration == extended.map { world.now + $0 } ?? 1_751_392_800)
        #expect(world.notes.count == (extended == nil ? 0 : 1))
    }
}
