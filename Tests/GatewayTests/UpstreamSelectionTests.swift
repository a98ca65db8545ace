import AWS
import Bedrock
import Catalog
import DIAL
import FastCGI
import HTTPClient
import JSON
import Logging
import Testing

@testable import Gateway

/// Source: platform, "Choice of the upstream for one request".
@Suite("Choice of the upstream")
struct UpstreamSelectionTests {
    /// Nothing here may send anything.
    private struct NoTransport: HTTPTransport {
        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { throw .cancelled }
    }

    static let claude = "anthropic.claude-3-7-sonnet-20250219-v1:0"
    /// Moves Claude to Converse.
    static let converse: JSONObject = ["performanceConfig": [:]]
    static let nova = "amazon.nova-lite-v1:0"
    static let keys = [
        "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_DEFAULT_REGION": "us-east-1",
    ]

    static func choose(
        _ model: String,
        _ environment: [String: String] = keys,
        headers: [String: String] = [:],
        configuration asked: JSONObject? = nil
    ) throws -> Upstream {
        let configuration = try ConfigurationTests.read(environment)
        let credentials = AWSCredentialService(
            environment: configuration.environment,
            endpointSettings: configuration.endpoints,
            runtime: CredentialRuntime(transport: NoTransport())
        )
        let selection = UpstreamSelection(
            configuration: configuration,
            credentials: credentials,
            logger: Logger(label: "tests")
        )
        let deployment = try #require(configuration.catalog.resolve(id: model, kind: .chat))
        let adapter = try #require(AdapterRegistry().chatAdapter(for: deployment, configuration: asked))
        return try selection.upstream(
            for: deployment,
            headers: RequestHeadersTests.headers(headers),
            pool: adapter.pool
        )
    }

    static func failure(
        _ model: String,
        _ environment: [String: String] = keys,
        headers: [String: String] = [:],
        configuration asked: JSONObject? = nil
    ) -> DIALError? {
        do {
            _ = try choose(model, environment, headers: headers, configuration: asked)
            return nil
        } catch {
            return error as? DIALError
        }
    }

    static func extraData(_ text: String) -> [String: String] { ["X-UPSTREAM-EXTRA-DATA": text] }

    static func accessKey(_ upstream: Upstream) async throws -> String? {
        guard case .aws(.signature(let provider)) = upstream.authentication else { return nil }
        return try await provider.credentials().accessKeyID
    }

    @Test func theEnvironmentAlone() async throws {
        let upstream = try Self.choose(Self.nova)
        #expect(upstream.baseURL == "https://bedrock-runtime.us-east-1.amazonaws.com")
        #expect(upstream.signingRegion == "us-east-1" && upstream.signingName == "bedrock")
        #expect(upstream.kind == .bedrock && upstream.pool == .bedrock)
        #expect(try await Self.accessKey(upstream) == "AKID")
    }

    @Test func theExtraDataWins() async throws {
        let headers = Self.extraData(
            #"{"region":"eu-west-1","aws_access_key_id":"OTHER","aws_secret_access_key":"SECRET2"}"#
        )
        let upstream = try Self.choose(Self.nova, headers: headers)
        #expect(upstream.signingRegion == "eu-west-1")
        #expect(try await Self.accessKey(upstream) == "OTHER")
    }

    @Test func aRegionAloneKeepsTheCredentials() async throws {
        let upstream = try Self.choose(Self.nova, headers: Self.extraData(#"{"region":"eu-west-1"}"#))
        #expect(upstream.baseURL == "https://bedrock-runtime.eu-west-1.amazonaws.com")
        #expect(try await Self.accessKey(upstream) == "AKID")
    }

    @Test func halfAPairIsNeverCompletedFromTheEnvironment() throws {
        for member in ["aws_access_key_id", "aws_secret_access_key"] {
            let error = try #require(Self.failure(Self.nova, headers: Self.extraData(#"{"\#(member)":"X-SECRET"}"#)))
            #expect(error.status == 500 && !error.message.contains("X-SECRET"))
        }
    }

    @Test(arguments: ["us east 1", "-us", "../x", "us-east-1.evil.example", "us\u{e9}"])
    func regionsAreHostLabels(_ region: String) throws {
        let error = try #require(Self.failure(Self.nova, headers: Self.extraData(#"{"region":"\#(region)"}"#)))
        #expect(error.status == 500 && error.type == DIALError.internalServerType)
    }

    @Test func noRegionAtAll() throws {
        let error = try #require(Self.failure(Self.nova, ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"]))
        #expect(error.status == 500 && error.message.contains("AWS_DEFAULT_REGION"))
    }

    /// The region stands in the profile, mostly.
    @Test func aProfileThatDoesNotExistIsSaid() throws {
        let environment = [
            "AWS_PROFILE": "prdo", "AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        ]
        let error = try #require(Self.failure(Self.nova, environment))
        #expect(error.message == "The AWS credentials configuration is invalid")
        let own = #"{"region":"us-east-1","aws_access_key_id":"A","aws_secret_access_key":"S"}"#
        #expect(Self.failure(Self.nova, environment, headers: Self.extraData(own)) == nil)
    }

    @Test func aBedrockKeyGoesToTLSOnly() throws {
        let environment = ["AWS_BEARER_TOKEN_BEDROCK": "T", "AWS_DEFAULT_REGION": "us-east-1"]
        guard case .aws(.bearer("T")) = try Self.choose(Self.nova, environment).authentication else {
            Issue.record("not the key")
            return
        }
        let plain = environment.merging(["AWS_ENDPOINT_URL": "http://example.com"]) { $1 }
        #expect(try #require(Self.failure(Self.nova, plain)).status == 500)
        let local = environment.merging(["AWS_ENDPOINT_URL": "http://127.0.0.1:1"]) { $1 }
        #expect(Self.failure(Self.nova, local) == nil)
    }

    @Test func anAnthropicKeyIsForClaude() throws {
        let key = ["X-UPSTREAM-KEY": "sk-key"]
        let upstream = try Self.choose(Self.claude, [:], headers: key)
        #expect(upstream.baseURL == "https://api.anthropic.com" && upstream.kind == .anthropic)
        guard case .anthropicKey("sk-key") = upstream.authentication else {
            Issue.record("not the key")
            return
        }
        for model in [Self.nova, "anthropic.claude-v2:1"] {
            let error = try #require(Self.failure(model, headers: key))
            #expect(error.status == 400 && error.message.contains(model))
        }
        #expect(try #require(Self.failure(Self.claude, headers: key, configuration: Self.converse)).status == 400)
    }

    @Test(arguments: ["a b", "a\u{7}", "é"])
    func aKeyThatIsNoHeader(_ key: String) throws {
        let error = try #require(Self.failure(Self.claude, headers: ["X-UPSTREAM-KEY": key]))
        #expect(error.status == 500 && !error.message.contains(key))
    }

    @Test func poolsAndRetriesGoByTheKindOfCall() throws {
        let environment = Self.keys.merging(
            ["BOTOCORE_MAX_RETRY_ATTEMPTS": "2", "ANTHROPIC_MAX_RETRY_ATTEMPTS": "5"]
        ) { $1 }
        let messages = try Self.choose(Self.claude, environment)
        #expect(messages.pool == .anthropicMessages)
        #expect(messages.retries == RetryPolicy(rules: .anthropic, retries: 5))
        let converse = try Self.choose(Self.claude, environment, configuration: Self.converse)
        #expect(converse.pool == .bedrock && converse.retries == RetryPolicy(rules: .aws, retries: 2))
        let text = try Self.choose("anthropic.claude-v2:1", environment)
        #expect(text.pool == .bedrock && text.retries.retries == 2)
        let key = try Self.choose(Self.claude, environment, headers: ["X-UPSTREAM-KEY": "k"])
        #expect(key.pool == .anthropicMessages && key.retries.retries == 5)
    }
}
