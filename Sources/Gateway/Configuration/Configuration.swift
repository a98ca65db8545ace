import AWS
import Catalog
import DIAL
import HTTPClient
import Logging

/// What an operator sets, read once at the start. docs/configuration.md lists every variable.
public struct Configuration: Sendable {
    /// All variables as they were read; secrets are among them.
    public let environment: [String: String]
    /// With the deployments of `COMPATIBILITY_MAPPING`.
    public let catalog: Catalog
    /// From the environment and from AWS's shared files.
    public let endpoints: AWSEndpointSettings
    /// Of the profile in use, in AWS's shared files; or what is wrong with them, which concerns those requests only that
    /// need them.
    public let profileRegion: Result<String?, AWSCredentialError>
    /// `ANTHROPIC_BASE_URL`, without a slash at the end.
    public let anthropicBaseURL: String
    /// `DIAL_URL`
    public let storage: FileStorage?

    /// One thread each, 1…256.
    public let eventLoops: Int
    /// Seconds after a signal during which `/ready` says no and everything is still served.
    public let drainDelay: Double
    /// Seconds that requests under way get after the drain delay.
    public let shutdownGrace: Double
    /// Permissions of a unix socket, up to 0o777.
    public let socketMode: UInt32
    /// Of a request; a longer one gets 413.
    public let maximumBodyBytes: Int
    /// Of one download.
    public let maximumAttachmentBytes: Int
    /// Of one download, in seconds.
    public let attachmentTimeout: Double
    /// Where attachments may come from besides the public internet and DIAL.
    public let attachmentNetworks: [IPNetwork]
    /// Of all attachments of one request that are downloaded.
    public let maximumAttachmentBytesTotal: Int
    /// Requests to deployments at a time, all event loops together; more get 503.
    public let maximumInFlight: Int

    /// The longest silence of a model, in seconds: before its first byte, and between two.
    public let requestTimeout: Double
    /// Seconds without an event after which a stream gets a comment; nil for never.
    public let heartbeatInterval: Double?
    /// Attempts after the first, for Converse and InvokeModel.
    public let bedrockRetries: Int
    /// Attempts after the first, for Claude's Messages API, at Bedrock too.
    public let anthropicRetries: Int
    /// Connections that each event loop keeps for Converse and InvokeModel; more may work at a time.
    public let bedrockPoolConnections: Int
    /// Calls of Claude's Messages API at a time, for each event loop; more wait for their turn.
    public let anthropicConnections: Int
    /// Connections that each event loop keeps for those calls.
    public let anthropicIdleConnections: Int
    /// Seconds that such a call waits for its turn.
    public let anthropicPoolTimeout: Double
    /// PEM file for AWS: `AWS_CA_BUNDLE`, else the profile's, else `REQUESTS_CA_BUNDLE`.
    public let certificateAuthorityFile: String?

    /// Tokens of the answer to a request without `max_tokens`, where the API wants a number.
    public let claudeDefaultMaxTokens: Int
    /// Whether fields that the DIAL API does not have pass; otherwise they are 400.
    public let ignoresUnknownFields: Bool
    /// Whether `X-UPSTREAM-KEY` and `X-UPSTREAM-EXTRA-DATA` count.
    public let trustsUpstreamHeaders: Bool

    /// Of what concerns the models and the program.
    public let logLevel: Logger.Level
    /// Of what concerns the DIAL API and its connections rather than the models.
    public let protocolLogLevel: Logger.Level
    public let telemetry: TelemetryConfiguration
    public let logFormat: LogFormat
    /// Sentences worth a line in the log at the start.
    public let warnings: [String]

    /// Everything that is wrong with the environment, one sentence per variable.
    public struct Problems: Error, Sendable, CustomStringConvertible {
        /// In the order in which the variables are read.
        public let sentences: [String]
        public var description: String { sentences.joined(separator: "\n") }
    }

    /// - Parameter warnings: of how the environment was read.
    /// - Throws: `Problems` that name each variable and what to set.
    public init(environment: [String: String], warnings: [String] = []) throws(Problems) {
        var reader = EnvironmentReader(environment)
        var warnings = warnings
        let profileAuthorities: String?
        self.environment = environment
        do throws(AWSCredentialError) {
            let shared = try SharedConfiguration.load(environment: environment)
            endpoints = shared.endpointSettings(environment: environment)
            profileAuthorities = shared.certificateAuthorityFile
            profileRegion = Result { () throws(AWSCredentialError) in
                try shared.checkProfile()
                return shared.region
            }
        } catch {
            endpoints = AWSEndpointSettings(environment: environment)
            profileAuthorities = nil
            profileRegion = .failure(error)
        }
        for sentence in EnvironmentCheck.brokenEndpoints(endpoints) { reader.report(sentence) }
        warnings += EnvironmentCheck.complaints(environment: environment)
        anthropicBaseURL = reader.url("ANTHROPIC_BASE_URL") ?? "https://api.anthropic.com"
        do throws(URLReference.SyntaxError) {
            storage = try reader.url("DIAL_URL").map { url throws(URLReference.SyntaxError) in
                try FileStorage(baseURL: url)
            }
        } catch {
            storage = nil
            reader.report("DIAL_URL cannot be used: \(error.reason)")
        }

        eventLoops = reader.integer("WEB_CONCURRENCY", default: 1, in: 1...256)
        drainDelay = reader.seconds("DIAL_ADAPTER_DRAIN_DELAY_SECONDS", default: 0, in: 0...3600) ?? 0
        shutdownGrace = reader.seconds("DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS", default: 30, in: 0...86_400) ?? 30
        socketMode = Self.socketMode(&reader)
        maximumBodyBytes = reader.integer("DIAL_ADAPTER_MAX_BODY_BYTES", default: 64 << 20, in: 1024...(1 << 31))
        maximumAttachmentBytes = reader.integer(
            "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES",
            default: 50 << 20,
            in: 1024...(1 << 31)
        )
        attachmentTimeout = reader.seconds("DIAL_ADAPTER_ATTACHMENT_TIMEOUT_SECONDS", default: 60, in: 0.1...3600) ?? 60
        attachmentNetworks = reader.networks("DIAL_ADAPTER_ATTACHMENT_NETWORKS")
        maximumAttachmentBytesTotal = reader.integer(
            "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL",
            default: 100 << 20,
            in: 1024...(1 << 33)
        )
        maximumInFlight = reader.integer("DIAL_ADAPTER_MAX_INFLIGHT", default: 10_000, in: 1...1_000_000)

        requestTimeout = reader.seconds("REQUEST_TIMEOUT_SECONDS", default: 600, in: 1...86_400) ?? 600
        let heartbeat = reader.seconds("DIAL_SDK_SSE_HEARTBEAT_INTERVAL", default: nil, in: 0...86_400)
        heartbeatInterval = heartbeat.flatMap { $0 > 0 ? max($0, 0.01) : nil }
        let awsAttempts = reader.integer("AWS_MAX_ATTEMPTS", default: 1, in: 1...100)
        bedrockRetries = reader.integer("BOTOCORE_MAX_RETRY_ATTEMPTS", default: awsAttempts - 1, in: 0...100)
        anthropicRetries = reader.integer("ANTHROPIC_MAX_RETRY_ATTEMPTS", default: 0, in: 0...100)
        bedrockPoolConnections = reader.integer("BOTOCORE_CLIENT_MAX_POOL_CONNECTIONS", default: 1000, in: 1...100_000)
        anthropicConnections = reader.integer("ANTHROPIC_MAX_CONNECTIONS", default: 1000, in: 1...100_000)
        anthropicIdleConnections = reader.integer("ANTHROPIC_MAX_KEEPALIVE_CONNECTIONS", default: 100, in: 0...100_000)
        anthropicPoolTimeout = reader.seconds("ANTHROPIC_POOL_TIMEOUT", default: 10, in: 0...3600) ?? 10
        certificateAuthorityFile =
            reader.string("AWS_CA_BUNDLE") ?? profileAuthorities ?? reader.string("REQUESTS_CA_BUNDLE")
        if let problem = certificateAuthorityFile.flatMap(EnvironmentCheck.unreadable) { warnings.append(problem) }

        claudeDefaultMaxTokens = reader.integer("CLAUDE_DEFAULT_MAX_TOKENS", default: 1536, in: 1...10_000_000)
        ignoresUnknownFields = reader.flag("DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS", default: false)
        trustsUpstreamHeaders = reader.flag("DIAL_ADAPTER_TRUST_UPSTREAM_HEADERS", default: true)

        logLevel = reader.choice("LOG_LEVEL", default: .info, Self.logLevels)
        let sdkLogLevel = reader.choice("AIDIAL_LOG_LEVEL", default: .warning, Self.logLevels)
        protocolLogLevel = reader.choice("DIAL_SDK_LOG", default: sdkLogLevel, Self.logLevels)
        telemetry = TelemetryConfiguration(&reader, warnings: &warnings)
        logFormat = reader.choice("DIAL_SDK_LOG_FORMAT", default: .text, [("text", .text), ("json", .json)])

        do throws(CompatibilityMappingError) {
            catalog = try Catalog(compatibilityMapping: environment["COMPATIBILITY_MAPPING"])
        } catch {
            catalog = Catalog()
            reader.report(error.message)
        }
        if let region = environment["DEFAULT_REGION"], !region.isEmpty {
            warnings.append("DEFAULT_REGION is deprecated; set AWS_DEFAULT_REGION")
        }
        self.warnings = warnings + catalog.mapping.warnings
        guard reader.problems.isEmpty else { throw Problems(sentences: reader.problems) }
    }

    private static let logLevels: [(String, Logger.Level)] = [
        ("TRACE", .trace), ("DEBUG", .debug), ("INFO", .info), ("WARNING", .warning), ("WARN", .warning),
        ("ERROR", .error), ("CRITICAL", .critical),
    ]

    private static func socketMode(_ reader: inout EnvironmentReader) -> UInt32 {
        guard let text = reader.string("DIAL_ADAPTER_SOCKET_MODE") else { return 0o660 }
        guard let mode = UInt32(text, radix: 8), mode <= 0o777 else {
            reader.report("DIAL_ADAPTER_SOCKET_MODE is '\(text)'; set it to an octal mode such as 0660")
            return 0o660
        }
        return mode
    }
}
