import HTTPClient
import Testing

@testable import AWS

@Suite struct DefaultCredentialChainTests {
    /// Everything that is not STS or the container's agent is unreachable, as on a machine outside AWS.
    private static let outside = ScriptedTransport { request, _ in
        if request.url.contains("sts.") { return .answer(200, STSTests.success("ASIA-STS")) }
        if request.url.contains("localhost") {
            return .answer(200, #"{"AccessKeyId":"ASIA-BOX","SecretAccessKey":"s","Token":"t"}"#)
        }
        return .failure(.connectTimeout("169.254.169.254"))
    }

    private func load(
        _ environment: [String: String],
        config: String = "",
        credentials: String = "",
        transport: ScriptedTransport = outside
    ) async throws -> AWSCredentials? {
        let configFile = try TemporaryFile(config)
        let credentialsFile = try TemporaryFile(credentials)
        var environment = environment
        environment["AWS_CONFIG_FILE"] = configFile.path
        environment["AWS_SHARED_CREDENTIALS_FILE"] = credentialsFile.path
        return try await DefaultCredentialChain(
            environment: environment,
            runtime: FakeWorld().runtime(transport)
        ).load()
    }

    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIA-ENV", "AWS_SECRET_ACCESS_KEY": "s"]
    private static let box = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"]
    private static let machine =
        #"{"AccessKeyId":"ASIA-EC2","SecretAccessKey":"s","Token":"t","Expiration":"2025-07-02T00:00:00Z"}"#
    private static let allOfProfile = """
        [default]
        region = eu-west-1
        role_arn = arn:role
        source_profile = base
        [profile base]
        aws_access_key_id = AKIA-CONFIG
        aws_secret_access_key = s
        """

    @Test func theEnvironmentComesFirst() async throws {
        let found = try await load(
            Self.keys.merging(Self.box) { $1 }.merging(["AWS_PROFILE": "none"]) { $1 },
            config: Self.allOfProfile
        )
        #expect(found?.accessKeyID == "AKIA-ENV")
    }

    @Test func partialEnvironmentIsAnError() async {
        #expect(
            await cause { _ = try await load(["AWS_ACCESS_KEY_ID": "A"], config: Self.allOfProfile) }
                == .partialCredentials
        )
    }

    @Test func thenTheRoleOfTheProfile() async throws {
        let transport = ScriptedTransport(.answer(200, STSTests.success()))
        let token = try TemporaryFile("jwt")
        let found = try await load(
            Self.box.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": token.path, "AWS_ROLE_ARN": "arn:web"]) { $1 },
            config: Self.allOfProfile,
            transport: transport
        )
        #expect(found?.accessKeyID == "ASIA")
        let request = try #require(transport.requests.first)
        #expect(transport.requests.count == 1)
        #expect(request.url == "https://sts.eu-west-1.amazonaws.com/")
        #expect(request.text.contains("RoleArn=arn%3Arole&RoleSessionName=botocore-session-1751373296"))
        #expect(request.header("Authorization")?.contains("Credential=AKIA-CONFIG/") ?? false)
    }

    @Test func rolesOfRoles() async throws {
        let transport = ScriptedTransport(
            .answer(200, STSTests.success("FIRST")),
            .answer(200, STSTests.success("SECOND"))
        )
        let found = try await load(
            [:],
            config: """
                [default]
                role_arn = arn:outer
                source_profile = middle
                [profile middle]
                role_arn = arn:inner
                source_profile = base
                [profile base]
                aws_access_key_id = AKIA-BASE
                aws_secret_access_key = s
                """,
            transport: transport
        )
        #expect(found?.accessKeyID == "SECOND")
        #expect(transport.requests.map { $0.text.contains("arn%3Ainner") } == [true, false])
        #expect(transport.requests[0].header("Authorization")?.contains("=AKIA-BASE/") ?? false)
        #expect(transport.requests[1].header("Authorization")?.contains("=FIRST/") ?? false)
        // No region is configured anywhere.
        #expect(transport.requests[0].url == "https://sts.us-east-1.amazonaws.com/")
    }

    @Test func aSourceThatHoldsNothing() async {
        let config = "[default]\nrole_arn = a\ncredential_source = Environment"
        #expect(await cause { _ = try await load([:], config: config) } == .notFound)
    }

    @Test func aMachineAsASourceIsWhereTheProfileSaysItIs() async throws {
        let transport = ScriptedTransport(
            .answer(200, "T"),
            .answer(200, "r"),
            .answer(200, Self.machine),
            .answer(200, STSTests.success())
        )
        let found = try await load(
            [:],
            config: """
                [default]
                role_arn = arn:role
                credential_source = Ec2InstanceMetadata
                ec2_metadata_service_endpoint = http://10.0.0.9:80
                """,
            transport: transport
        )
        #expect(found?.accessKeyID == "ASIA")
        #expect(transport.requests.prefix(3).allSatisfy { $0.url.hasPrefix("http://10.0.0.9:80/latest/") })
    }

    @Test func thenWebIdentity() async throws {
        let transport = ScriptedTransport(.answer(200, STSTests.success()))
        let token = try TemporaryFile("jwt+/=\n")
        let found = try await load(
            Self.box.merging([
                "AWS_WEB_IDENTITY_TOKEN_FILE": token.path, "AWS_ROLE_ARN": "arn:web", "AWS_ROLE_SESSION_NAME": "pod",
                "AWS_REGION": "us-west-2",
            ]) { $1 },
            credentials: "[default]\naws_access_key_id = A\naws_secret_access_key = s",
            transport: transport
        )
        #expect(found?.accessKeyID == "ASIA")
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://sts.us-west-2.amazonaws.com/")
        #expect(request.text.hasSuffix("RoleArn=arn%3Aweb&RoleSessionName=pod&WebIdentityToken=jwt%2B%2F%3D"))
        #expect(request.header("Authorization") == nil)
    }

    @Test func webIdentityWithoutItsFile() async {
        #expect(
            await cause {
                _ = try await load(["AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent", "AWS_ROLE_ARN": "arn:web"])
            } == .invalidConfiguration
        )
    }

    @Test func thenTheFilesOfTheProfile() async throws {
        let credentials = "[default]\naws_access_key_id = AKIA-FILE\naws_secret_access_key = s"
        #expect(try await load(Self.box, credentials: credentials)?.accessKeyID == "AKIA-FILE")
        let command =
            #"[default]\#ncredential_process = echo '{"Version":1,"AccessKeyId":"CMD","SecretAccessKey":"s"}'"#
        let path = ["PATH": "/usr/bin:/bin"]
        #expect(
            try await load(
                path,
                config: command + "\naws_access_key_id = A\naws_secret_access_key = s"
            )?.accessKeyID == "CMD"
        )
        #expect(
            try await load(
                Self.box,
                config: "[default]\naws_access_key_id = AKIA-CONFIG\naws_secret_access_key = s"
            )?.accessKeyID
                == "AKIA-CONFIG"
        )
    }

    @Test func thenTheContainer() async throws {
        #expect(try await load(Self.box, config: "[default]\nregion = x")?.accessKeyID == "ASIA-BOX")
    }

    @Test func thenTheInstance() async throws {
        let transport = ScriptedTransport(
            .answer(200, "T"),
            .answer(200, "r"),
            .answer(200, Self.machine)
        )
        #expect(try await load([:], transport: transport)?.accessKeyID == "ASIA-EC2")
    }

    @Test func nothingAnywhere() async {
        #expect(await cause { _ = try await load([:]) } == .notFound)
        #expect(AWSCredentialError(.notFound).status == 500)
        #expect(AWSCredentialError(.notFound).message == "Unable to locate credentials")
    }

    @Test func anInstanceThatFellSilentIsUnreachable() async throws {
        let document =
            #"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2025-07-02T00:00:00Z"}"#
        let transport = ScriptedTransport(
            .answer(200, "T"),
            .answer(200, "r"),
            .answer(200, document),
            .failure(.connectTimeout("h"))
        )
        let chain = DefaultCredentialChain(environment: [:], runtime: FakeWorld().runtime(transport))
        #expect(chain.name == "the default chain")
        #expect(try await chain.load()?.accessKeyID == "A")
        #expect(chain.name == "instance metadata")
        #expect(await cause { _ = try await chain.load() } == .unreachable)
    }

    @Test func profilesThatNeedAPersonAreReported() async {
        #expect(await cause { _ = try await load(Self.box, config: "[default]\nsso_session = x") } == .unsupported)
        #expect(
            await cause { _ = try await load(["AWS_PROFILE": "missing"], config: "[default]") } == .invalidConfiguration
        )
    }

    @Test func filesAreReadAnew() async throws {
        let file = try TemporaryFile("[default]\naws_access_key_id = OLD\naws_secret_access_key = s")
        let chain = DefaultCredentialChain(
            environment: ["AWS_SHARED_CREDENTIALS_FILE": file.path],
            runtime: FakeWorld().runtime(Self.outside)
        )
        #expect(try await chain.load()?.accessKeyID == "OLD")
        try file.write("[default]\naws_access_key_id = NEW\naws_secret_access_key = s")
        #expect(try await chain.load()?.accessKeyID == "NEW")
    }
}
