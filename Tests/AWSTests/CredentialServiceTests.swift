import HTTPClient
import Testing

@testable import AWS

@Suite struct CredentialChoiceTests {
    private func choice(
        _ extraData: UpstreamCredentialFields = .init(),
        _ environment: [String: String] = [:]
    ) throws -> AWSCredentialChoice {
        try AWSCredentialChoice(extraData: extraData, environment: environment)
    }

    /// Everything that the environment can say.
    private static let full = [
        "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
        "AWS_ASSUME_ROLE_ARN": "arn:env", "AWS_BEARER_TOKEN_BEDROCK": "bedrock-key",
    ]

    @Test func groupsByPrecedence() throws {
        var environment = Self.full
        let keys = UpstreamCredentialFields(accessKeyID: "A", secretAccessKey: "S", roleARN: "arn:extra")
        // The token of the environment belongs to the keys of the environment.
        #expect(try choice(keys, environment) == .staticKeys(.init(accessKeyID: "A", secretAccessKey: "S")))
        #expect(try choice(.init(roleARN: "arn:extra"), environment) == .assumeRole(roleARN: "arn:extra"))
        #expect(try choice(.init(), environment) == .bearerToken("bedrock-key"))
        environment["AWS_BEARER_TOKEN_BEDROCK"] = ""
        #expect(
            try choice(.init(), environment)
                == .staticKeys(.init(accessKeyID: "AKIA", secretAccessKey: "s", sessionToken: "t"))
        )
        environment["AWS_SECRET_ACCESS_KEY"] = nil
        #expect(try choice(.init(), environment) == .assumeRole(roleARN: "arn:env"))
        environment["AWS_ASSUME_ROLE_ARN"] = ""
        #expect(try choice(.init(), environment) == .defaultChain)
        #expect(try choice() == .defaultChain)
    }

    @Test func emptyMembersAreAbsent() throws {
        let empty = UpstreamCredentialFields(accessKeyID: "", secretAccessKey: "", sessionToken: "", roleARN: "")
        #expect(try choice(empty) == .defaultChain)
        #expect(
            try choice(.init(accessKeyID: "A", secretAccessKey: "S", sessionToken: ""))
                == .staticKeys(.init(accessKeyID: "A", secretAccessKey: "S"))
        )
    }

    @Test(arguments: [
        UpstreamCredentialFields(accessKeyID: "A"), .init(secretAccessKey: "hush"),
        .init(accessKeyID: "A", secretAccessKey: "", roleARN: "arn:extra"),
        .init(accessKeyID: "A\r\nX: y", secretAccessKey: "hush"),
        .init(accessKeyID: "A", secretAccessKey: "hush", sessionToken: "ü"),
    ])
    func groupsAreNotCompletedFromOthers(extraData: UpstreamCredentialFields) {
        #expect {
            try choice(extraData, Self.full)
        } throws: {
            guard let error = $0 as? AWSCredentialError else { return false }
            return error.cause == .invalidExtraData && error.status == 500 && !error.description.contains("hush")
        }
    }

    @Test func bearerTokensMustFitIntoAHeader() {
        #expect(throws: AWSCredentialError.self) { try choice(.init(), ["AWS_BEARER_TOKEN_BEDROCK": "a\nb"]) }
    }

    @Test func secretsStayOutOfDescriptions() {
        var dumped = ""
        for choice in [
            AWSCredentialChoice.bearerToken("hush"), .staticKeys(.init(accessKeyID: "A", secretAccessKey: "hush")),
        ] {
            dump(choice, to: &dumped)
            dumped += "\(choice)" + String(reflecting: choice)
        }
        #expect(!dumped.contains("hush"))
    }

    /// Clients see fixed texts; details are for the log.
    @Test func messagesHoldNoDetails() {
        for cause in AWSCredentialError.Cause.allCases {
            let error = AWSCredentialError(cause, detail: "hush")
            #expect(!error.message.contains("hush"))
            #expect(!error.message.isEmpty)
            #expect([403, 499, 500, 503].contains(error.status))
        }
    }
}

@Suite struct CredentialServiceTests {
    private let world = FakeWorld()

    private func service(_ transport: ScriptedTransport, capacity: Int = 512) -> AWSCredentialService {
        AWSCredentialService(
            source: StaticCredentials(.longTerm),
            endpointSettings: .init(environment: [:]),
            runtime: world.runtime(transport),
            capacity: capacity
        )
    }

    private func credentials(
        _ service: AWSCredentialService,
        role: String = "arn:role",
        region: String = "eu-west-1"
    ) async throws -> AWSCredentials {
        let region = try #require(AWSRegion(region))
        let authentication = try service.authentication(for: .assumeRole(roleARN: role), region: region)
        guard case .signature(let provider) = authentication else { throw AWSCredentialError(.notFound) }
        return try await provider.credentials()
    }

    @Test func rolesAreAssumedOncePerRoleAndRegion() async throws {
        let transport = ScriptedTransport { _, index in .answer(200, STSTests.success("ASIA\(index)")) }
        let service = service(transport)
        #expect(try await credentials(service).accessKeyID == "ASIA0")
        #expect(try await credentials(service).accessKeyID == "ASIA0")
        #expect(try await credentials(service, role: "arn:other").accessKeyID == "ASIA1")
        #expect(try await credentials(service, region: "us-west-2").accessKeyID == "ASIA2")
        #expect(transport.requests[2].url == "https://sts.us-west-2.amazonaws.com/")
    }

    @Test func theLeastRecentlyUsedRoleGivesWay() async throws {
        let transport = ScriptedTransport { _, index in .answer(200, STSTests.success("ASIA\(index)")) }
        let service = service(transport, capacity: 2)
        _ = try await credentials(service, role: "a")
        _ = try await credentials(service, role: "b")
        _ = try await credentials(service, role: "a")
        _ = try await credentials(service, role: "c")
        #expect(try await credentials(service, role: "a").accessKeyID == "ASIA0")
        #expect(try await credentials(service, role: "b").accessKeyID == "ASIA3")
        #expect(try await credentials(service, role: "c").accessKeyID == "ASIA4")
    }

    @Test func aRejectedRoleIsAssumedAgain() async throws {
        let transport = ScriptedTransport { _, index in .answer(200, STSTests.success("ASIA\(index)")) }
        let service = service(transport)
        let region = try #require(AWSRegion("eu-west-1"))
        guard
            case .signature(let provider) = try service.authentication(
                for: .assumeRole(roleARN: "arn:role"),
                region: region
            )
        else {
            Issue.record("a role signs requests")
            return
        }
        let first = try await provider.credentials()
        provider.invalidate(first)
        #expect(try await provider.credentials().accessKeyID == "ASIA1")
        #expect(AWSErrorCode.rejectsCredentials("ExpiredTokenException"))
        #expect(!AWSErrorCode.rejectsCredentials("AccessDeniedException"))
    }

    @Test func otherChoices() async throws {
        let service = service(ScriptedTransport(.failure(.timeout)))
        let region = try #require(AWSRegion("eu-west-1"))
        if case .bearer(let token) = try service.authentication(for: .bearerToken("key"), region: region) {
            #expect(token == "key")
        } else {
            Issue.record("a bearer token is no signature")
        }
        guard case .signature(let chain) = try service.authentication(for: .defaultChain, region: region) else {
            Issue.record("the chain signs requests")
            return
        }
        #expect(try await chain.credentials() == .longTerm)
    }

    @Test func stsAddressThatCannotBe() throws {
        var settings = AWSEndpointSettings(environment: [:])
        settings.overrides[.sts] = "nonsense"
        let service = AWSCredentialService(
            environment: [:],
            endpointSettings: settings,
            runtime: world.runtime(ScriptedTransport(.failure(.timeout)))
        )
        #expect {
            _ = try service.authentication(
                for: .assumeRole(roleARN: "r"),
                region: try #require(AWSRegion("eu-west-1"))
            )
        } throws: {
            ($0 as? AWSCredentialError)?.cause == .invalidEndpoint
        }
    }
}
