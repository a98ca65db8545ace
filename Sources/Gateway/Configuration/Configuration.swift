import AWS
import Catalog
import DIAL

/// What an operator sets, read once at the start. docs/configuration.md lists every variable.
public struct Configuration: Sendable {
    /// All variables as they were read; secrets are among them.
    let environment: [String: String]
    /// With the deployments of `COMPATIBILITY_MAPPING`.
    let catalog: Catalog
    /// From the environment and from AWS's shared files.
    let endpoints: AWSEndpointSettings
    /// Of the profile in use, in AWS's shared files; or what is wrong with them, which concerns those requests only that
    /// need them.
    let profileRegion: Result<String?, AWSCredentialError>
    /// `ANTHROPIC_BASE_URL`, without a slash at the end.
    let anthropicBaseURL: String
    /// `DIAL_URL`
    let storage: FileStorage?

    let server: ServerConfiguration
    let attachments: AttachmentLimits
    let calls: CallConfiguration
    /// PEM file for AWS: `AWS_CA_BUNDLE`, else the profile's, else `REQUESTS_CA_BUNDLE`.
    let certificateAuthorityFile: String?

    /// Tokens of the answer to a request without `max_tokens`, where the API wants a number.
    let claudeDefaultMaxTokens: Int
    /// Whether fields that the DIAL API does not have pass; otherwise they are 400.
    let ignoresUnknownFields: Bool
    /// Whether `X-UPSTREAM-KEY` and `X-UPSTREAM-EXTRA-DATA` count.
    let trustsUpstreamHeaders: Bool

    /// Seconds without an event after which a stream gets a comment; nil for never.
    let heartbeatInterval: Double?
    let logging: LogConfiguration
    let telemetry: TelemetryConfiguration
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
        self.environment = environment
        let shared = SharedSettings(environment: environment)
        endpoints = shared.endpoints
        profileRegion = shared.region
        for sentence in EnvironmentCheck.brokenEndpoints(endpoints) { reader.report(sentence) }
        warnings += EnvironmentCheck.complaints(environment: environment)
        anthropicBaseURL = reader.url("ANTHROPIC_BASE_URL") ?? "https://api.anthropic.com"
        storage = Self.storage(&reader)

        server = ServerConfiguration(&reader)
        attachments = AttachmentLimits(&reader)
        calls = CallConfiguration(&reader)
        certificateAuthorityFile =
            reader.string("AWS_CA_BUNDLE") ?? shared.certificateAuthorityFile ?? reader.string("REQUESTS_CA_BUNDLE")
        if let problem = certificateAuthorityFile.flatMap(EnvironmentCheck.unreadable) { warnings.append(problem) }

        claudeDefaultMaxTokens = reader.integer("CLAUDE_DEFAULT_MAX_TOKENS", default: 1536, in: 1...10_000_000)
        ignoresUnknownFields = reader.flag("DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS", default: false)
        trustsUpstreamHeaders = reader.flag("DIAL_ADAPTER_TRUST_UPSTREAM_HEADERS", default: true)

        let heartbeat = reader.seconds("DIAL_SDK_SSE_HEARTBEAT_INTERVAL", default: 0, in: 0...86_400)
        heartbeatInterval = heartbeat > 0 ? max(heartbeat, 0.01) : nil
        logging = LogConfiguration(&reader)
        telemetry = TelemetryConfiguration(&reader, warnings: &warnings)

        catalog = Self.catalog(&reader)
        if reader.string("DEFAULT_REGION") != nil {
            warnings.append("DEFAULT_REGION is deprecated; set AWS_DEFAULT_REGION")
        }
        warnings += reader.unread.map { "\($0) is no variable of this program and has no effect" }
        self.warnings = warnings + catalog.mapping.warnings
        guard reader.problems.isEmpty else { throw Problems(sentences: reader.problems) }
    }

    private static func storage(_ reader: inout EnvironmentReader) -> FileStorage? {
        guard let url = reader.url("DIAL_URL") else { return nil }
        do throws(URLReference.SyntaxError) {
            return try FileStorage(baseURL: url)
        } catch {
            reader.report("DIAL_URL cannot be used: \(error.reason)")
            return nil
        }
    }

    private static func catalog(_ reader: inout EnvironmentReader) -> Catalog {
        do throws(CompatibilityMappingError) {
            return try Catalog(compatibilityMapping: reader.string("COMPATIBILITY_MAPPING"))
        } catch {
            reader.report(error.message)
            return Catalog()
        }
    }
}

/// What AWS's shared files say beside credentials; where they cannot be read, what the environment says alone.
private struct SharedSettings {
    let endpoints: AWSEndpointSettings
    let certificateAuthorityFile: String?
    let region: Result<String?, AWSCredentialError>

    init(environment: [String: String]) {
        do throws(AWSCredentialError) {
            let shared = try SharedConfiguration.load(environment: environment)
            endpoints = shared.endpointSettings(environment: environment)
            certificateAuthorityFile = shared.certificateAuthorityFile
            region = Result { () throws(AWSCredentialError) in
                try shared.checkProfile()
                return shared.region
            }
        } catch {
            endpoints = AWSEndpointSettings(environment: environment)
            certificateAuthorityFile = nil
            region = .failure(error)
        }
    }
}
