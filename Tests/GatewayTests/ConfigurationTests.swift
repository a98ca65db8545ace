import Logging
import Testing

@testable import Gateway

@Suite("Configuration")
struct ConfigurationTests {
    /// Reads nothing of the machine's own AWS files.
    static let base = ["AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"]

    static func read(_ variables: [String: String]) throws(Configuration.Problems) -> Configuration {
        try Configuration(environment: base.merging(variables) { $1 })
    }

    static func problems(_ variables: [String: String]) -> [String] {
        do throws(Configuration.Problems) {
            _ = try read(variables)
            return []
        } catch {
            return error.sentences
        }
    }

    @Test func defaults() throws {
        let configuration = try Self.read([:])
        #expect(configuration.server.eventLoops == 1)
        #expect(configuration.claudeDefaultMaxTokens == 1536)
        #expect(configuration.calls.anthropicConnections == 1000 && configuration.calls.anthropicIdleConnections == 100)
        #expect(configuration.calls.bedrockPoolConnections == 1000 && configuration.calls.anthropicPoolTimeout == 10)
        #expect(configuration.calls.requestTimeout == 600)
        #expect(configuration.calls.bedrockRetries == 0 && configuration.calls.anthropicRetries == 0)
        #expect(configuration.logging.level == .info && configuration.logging.protocolLevel == .warning)
        #expect(configuration.logging.format == .text)
        #expect(configuration.storage == nil && configuration.heartbeatInterval == nil)
        #expect(configuration.catalog.mapping.entries.isEmpty)
        #expect(configuration.server.socketMode == 0o660)
        #expect(configuration.server.maximumBodyBytes == 64 << 20 && configuration.server.maximumInFlight == 10_000)
        #expect(configuration.attachments.bytes == 50 << 20)
        #expect(configuration.attachments.totalBytes == 100 << 20)
        #expect(configuration.trustsUpstreamHeaders && !configuration.ignoresUnknownFields)
        #expect(configuration.telemetry.metricsAddress == nil)
        #expect(configuration.server.drainDelay == 0 && configuration.server.shutdownGrace == 30)
        #expect(configuration.warnings == [])
    }

    @Test func noHeartbeatIsZero() throws {
        #expect(try Self.read(["DIAL_SDK_SSE_HEARTBEAT_INTERVAL": "0"]).heartbeatInterval == nil)
        #expect(try Self.read(["DIAL_SDK_SSE_HEARTBEAT_INTERVAL": "2.5"]).heartbeatInterval == 2.5)
    }

    @Test func blanksAroundAValueAreReadOver() throws {
        let configuration = try Self.read(["LOG_LEVEL": "debug ", "DIAL_ADAPTER_TRUST_UPSTREAM_HEADERS": " false\n"])
        #expect(configuration.logging.level == .debug && !configuration.trustsUpstreamHeaders)
    }

    @Test(
        arguments: [
            (["DIAL_ADAPTER_TRUST_UPSTREAM_HEADER": "false"], "DIAL_ADAPTER_TRUST_UPSTREAM_HEADER is no variable"),
            (["AWS_USE_FIPS_ENDPOINT": "1"], "AWS_USE_FIPS_ENDPOINT is '1', which counts as false"),
            (
                ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s\n"],
                "AWS_SECRET_ACCESS_KEY begins or ends with white space"
            ),
            (
                ["AWS_BEARER_TOKEN_BEDROCK": "t", "AWS_ASSUME_ROLE_ARN": "arn:aws:iam::1:role/r"],
                "AWS_ASSUME_ROLE_ARN has no effect beside AWS_BEARER_TOKEN_BEDROCK"
            ),
        ]
    )
    func whatHasAnotherEffectThanItSeemsIsTold(_ variables: [String: String], _ warning: String) throws {
        let warnings = try Self.read(variables).warnings
        #expect(warnings.count == 1 && warnings[0].hasPrefix(warning), "\(warnings)")
    }

    @Test func addressesOfAServiceAreNoMisspelledVariables() throws {
        let names = ["DIAL_ADAPTER_SERVICE_HOST", "DIAL_ADAPTER_PORT", "DIAL_ADAPTER_PORT_5000_TCP"]
        #expect(try Self.read(Dictionary(uniqueKeysWithValues: names.map { ($0, "x") })).warnings == [])
    }

    @Test func anEmptyValueIsTheDefault() throws {
        let names = [
            "WEB_CONCURRENCY", "CLAUDE_DEFAULT_MAX_TOKENS", "LOG_LEVEL", "AIDIAL_LOG_LEVEL", "DIAL_URL",
            "ANTHROPIC_MAX_CONNECTIONS", "ANTHROPIC_POOL_TIMEOUT", "DIAL_ADAPTER_SOCKET_MODE", "OTEL_METRICS_EXPORTER",
            "DIAL_ADAPTER_TRUST_UPSTREAM_HEADERS", "AWS_MAX_ATTEMPTS",
        ]
        let configuration = try Self.read(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        #expect(configuration.server.eventLoops == 1 && configuration.claudeDefaultMaxTokens == 1536)
        #expect(configuration.trustsUpstreamHeaders)
    }

    @Test(arguments: [
        ("WEB_CONCURRENCY", "0"), ("WEB_CONCURRENCY", "two"), ("WEB_CONCURRENCY", "1.5"), ("WEB_CONCURRENCY", "1 2"),
        ("CLAUDE_DEFAULT_MAX_TOKENS", "-1"), ("ANTHROPIC_MAX_CONNECTIONS", "0"),
        ("ANTHROPIC_MAX_KEEPALIVE_CONNECTIONS", "many"), ("ANTHROPIC_POOL_TIMEOUT", "-1"),
        ("ANTHROPIC_POOL_TIMEOUT", "nan"), ("BOTOCORE_CLIENT_MAX_POOL_CONNECTIONS", "0"),
        ("BOTOCORE_MAX_RETRY_ATTEMPTS", "x"), ("ANTHROPIC_MAX_RETRY_ATTEMPTS", "x"), ("AWS_MAX_ATTEMPTS", "0"),
        ("REQUEST_TIMEOUT_SECONDS", "soon"), ("DIAL_SDK_SSE_HEARTBEAT_INTERVAL", "-1"), ("LOG_LEVEL", "LOUD"),
        ("AIDIAL_LOG_LEVEL", "LOUD"), ("DIAL_SDK_LOG", "LOUD"), ("DIAL_SDK_LOG_FORMAT", "xml"),
        ("DIAL_URL", "core:8080"), ("ANTHROPIC_BASE_URL", "x"), ("ANTHROPIC_BASE_URL", "http://"),
        ("ANTHROPIC_BASE_URL", "https://x:y"), ("ANTHROPIC_BASE_URL", "https://:80/"), ("DIAL_URL", "http://core#x"),
        ("ANTHROPIC_BASE_URL", "http://[::1]:70000"), ("DIAL_URL", "http://[::1"), ("DIAL_URL", "http://::1"),
        ("ANTHROPIC_BASE_URL", "http://x:+80"), ("ANTHROPIC_BASE_URL", "http://x:0"),
        ("ANTHROPIC_BASE_URL", #"http://x\y"#), ("DIAL_URL", "http://core?x"), ("COMPATIBILITY_MAPPING", "[]"),
        ("COMPATIBILITY_MAPPING", #"{"a":1}"#), ("COMPATIBILITY_MAPPING", #"{"a":"no-such-model"}"#),
        ("DIAL_ADAPTER_SOCKET_MODE", "0999"), ("DIAL_ADAPTER_MAX_BODY_BYTES", "1"),
        ("DIAL_ADAPTER_MAX_ATTACHMENT_BYTES", "x"), ("DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL", "x"),
        ("DIAL_ADAPTER_MAX_INFLIGHT", "0"), ("DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS", "x"),
        ("DIAL_ADAPTER_TRUST_UPSTREAM_HEADERS", "enabled"), ("DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS", "2"),
        ("DIAL_ADAPTER_DRAIN_DELAY_SECONDS", "-1"), ("OTEL_EXPORTER_PROMETHEUS_PORT", "70000"),
    ])
    func malformedValuesNameTheirVariable(_ name: String, _ value: String) throws {
        let problem = try #require(Self.problems([name: value]).first)
        #expect(problem.contains(name))
    }

    @Test(arguments: [
        "http://core", "https://core:8443", "http://[::1]", "http://[::1]:8080/a:b", "http://core:/x",
        "https://user:word@core/a/b/",
    ])
    func addressesOfServers(_ url: String) throws {
        #expect(try Self.read(["ANTHROPIC_BASE_URL": url]).anthropicBaseURL.hasPrefix("http"))
    }

    @Test func blanksAroundNumbersAreReadOver() throws {
        #expect(try Self.read(["WEB_CONCURRENCY": " 2\n"]).server.eventLoops == 2)
    }

    @Test func allProblemsAreToldAtOnce() {
        let problems = Self.problems(["WEB_CONCURRENCY": "x", "LOG_LEVEL": "x", "DIAL_URL": "x"])
        #expect(problems.count == 3)
    }

    @Test func secretsAreNoPartOfAProblem() {
        let problems = Self.problems(["DIAL_URL": "user:SECRET@core", "ANTHROPIC_BASE_URL": "SECRET"])
        #expect(problems.count == 2 && !problems.joined().contains("SECRET"))
    }

    @Test func attemptsOfAWSAreOneMoreThanRetries() throws {
        #expect(try Self.read(["AWS_MAX_ATTEMPTS": "3"]).calls.bedrockRetries == 2)
        let both = try Self.read(["AWS_MAX_ATTEMPTS": "3", "BOTOCORE_MAX_RETRY_ATTEMPTS": "1"])
        #expect(both.calls.bedrockRetries == 1)
        #expect(try Self.read(["AWS_MAX_ATTEMPTS": "3"]).calls.anthropicRetries == 0)
    }

    @Test func theSlashOfDialsAddressIsNoMatter() throws {
        for url in ["http://core:8080", "http://core:8080/", "http://core:8080//"] {
            #expect(try Self.read(["DIAL_URL": url]).storage?.apiURL == "http://core:8080/v1/")
        }
    }

    @Test func logLevels() throws {
        let levels: [(String, Logger.Level)] = [
            ("DEBUG", .debug), ("info", .info), ("WARNING", .warning), ("ERROR", .error), ("CRITICAL", .critical),
        ]
        for (name, level) in levels {
            let configuration = try Self.read(["LOG_LEVEL": name, "AIDIAL_LOG_LEVEL": name])
            #expect(configuration.logging.level == level && configuration.logging.protocolLevel == level)
        }
        let newer = try Self.read(["AIDIAL_LOG_LEVEL": "ERROR", "DIAL_SDK_LOG": "DEBUG"])
        #expect(newer.logging.protocolLevel == .debug && newer.logging.level == .info)
    }

    @Test(arguments: [("1", true), ("TRUE", true), ("yes", true), ("0", false), ("false", false), ("no", false)])
    func flags(_ value: String, _ expected: Bool) throws {
        #expect(try Self.read(["DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS": value]).ignoresUnknownFields == expected)
    }

    @Test func metrics() throws {
        let plain = try Self.read(["OTEL_METRICS_EXPORTER": "prometheus"])
        #expect(plain.telemetry.metricsAddress == .tcp(host: "127.0.0.1", port: 9464))
        let other = try Self.read([
            "OTEL_METRICS_EXPORTER": " otlp , Prometheus", "OTEL_EXPORTER_PROMETHEUS_HOST": "0.0.0.0",
            "OTEL_EXPORTER_PROMETHEUS_PORT": "9000", "OTEL_SERVICE_NAME": "mine",
        ])
        #expect(other.telemetry.metricsAddress == .tcp(host: "0.0.0.0", port: 9000))
        #expect(other.telemetry.serviceName == "mine")
        #expect(other.warnings.contains { $0.contains("otlp") })
        #expect(try Self.read(["OTEL_METRICS_EXPORTER": "none"]).telemetry.metricsAddress == nil)
    }
}

@Suite("The .env file")
struct EnvironmentFileTests {
    @Test(arguments: [
        ("A=1", ["A": "1"]), ("A = 1 ", ["A": "1"]), ("export A=1", ["A": "1"]), ("# A=1", [:]), ("", [:]),
        ("A", [:]), ("=1", [:]), ("A=", ["A": ""]), ("A=1\nB=2\r\nC=3", ["A": "1", "B": "2", "C": "3"]),
        ("A=1 # one", ["A": "1"]), ("A=a#b", ["A": "a#b"]), (#"A="a # b""#, ["A": "a # b"]), ("A='a b'", ["A": "a b"]),
        (#"A="a"b"#, ["A": "a"]), ("A=\"a", ["A": "\"a"]), ("A=a=b", ["A": "a=b"]), ("A B=1", [:]),
        (#"M={"a": "b"}"#, ["M": #"{"a": "b"}"#]), (#"M='{"a": "b"}'"#, ["M": #"{"a": "b"}"#]),
        ("A=1\nA=2", ["A": "2"]), ("É=1", [:]), ("A= # one", ["A": ""]), ("A=\t# one", ["A": ""]),
        ("A=#1", ["A": "#1"]), ("A=1\t# one", ["A": "1"]), ("A=1 \t#one #two", ["A": "1"]),
        ("A=a\tb#c", ["A": "a\tb#c"]),
    ])
    func lines(_ text: String, _ expected: [String: String]) {
        #expect(EnvironmentFile(Array(text.utf8)).variables == expected)
    }
}
