/// How the sandbox is set up. Every value has an environment variable; the table says which.
public struct SandboxConfiguration: Sendable {
    /// Access keys accepted besides the built-in ones.
    public var accessKeyID: String?
    /// Set where `accessKeyID` is.
    public var secretAccessKey: String?
    /// What requests signed with that key must carry; nil for nothing.
    public var sessionToken: String?
    /// The only Bedrock API key that passes.
    public var bearerToken = "sandbox-bedrock-api-key"
    /// The key that Anthropic's own API takes.
    public var anthropicKey = "sandbox-anthropic-api-key"
    /// The only region whose signatures are accepted; nil accepts every region.
    public var region: String?
    /// Output tokens a second of every answer; 0 is as fast as possible.
    public var tokensPerSecond: Double = 50
    /// Directives that hold for every request, as if they stood in its prompt.
    public var directives = ""
    /// Refuses models that AWS serves through inference profiles only, when called by their bare id.
    public var requiresProfiles = false
    /// Prefixes of fewer tokens are not cached.
    public var minimumCachedTokens = 0
    /// Bytes that the file storage holds at most.
    public var storageLimit = 256 << 20

    /// What holds where no variable is set.
    public init() {}

    /// Whether it is a pace: none, or between a token in a quarter of an hour and one in a microsecond.
    public static func isRate(_ rate: Double) -> Bool { rate == 0 || (0.001...1_000_000).contains(rate) }

    /// A bad value of an environment variable.
    public struct InvalidVariable: Error, CustomStringConvertible, Equatable {
        public var name: String
        public var value: String
        /// Continues the words "it must be".
        public var expectation: String
        public var description: String { "\(name) is '\(value)'; it must be \(expectation)" }
    }

    /// In the order of the help text.
    public static let variables: [(name: String, summary: String)] = [
        ("SANDBOX_ACCESS_KEY_ID", "an access key accepted besides AKIDEXAMPLE"),
        ("SANDBOX_SECRET_ACCESS_KEY", "its secret"),
        ("SANDBOX_SESSION_TOKEN", "the session token its requests must carry, if any"),
        ("SANDBOX_BEARER_TOKEN", "the Bedrock API key (sandbox-bedrock-api-key)"),
        ("SANDBOX_ANTHROPIC_KEY", "Anthropic's API key (sandbox-anthropic-api-key)"),
        ("SANDBOX_REGION", "accept signatures of this region only (any)"),
        ("SANDBOX_TOKENS_PER_SECOND", "pace of answers; 0 is as fast as possible (50)"),
        ("SANDBOX_DIRECTIVES", "directives for every request (none)"),
        ("SANDBOX_REQUIRE_PROFILES", "true: bare ids of profile-only models are refused (false)"),
        ("SANDBOX_CACHE_MINIMUM_TOKENS", "shorter prefixes are not cached (0)"),
        ("SANDBOX_STORAGE_LIMIT_BYTES", "what the file storage holds at most (268435456)"),
    ]

    /// Reads the variables; an empty one counts as absent.
    public init(environment: [String: String]) throws(InvalidVariable) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        func number(_ name: String, _ fallback: Int) throws(InvalidVariable) -> Int {
            guard let text = value(name) else { return fallback }
            guard let number = Int(text), number >= 0 else {
                throw InvalidVariable(name: name, value: text, expectation: "a whole number, 0 or more")
            }
            return number
        }
        accessKeyID = value("SANDBOX_ACCESS_KEY_ID")
        secretAccessKey = value("SANDBOX_SECRET_ACCESS_KEY")
        sessionToken = value("SANDBOX_SESSION_TOKEN")
        region = value("SANDBOX_REGION")
        if let token = value("SANDBOX_BEARER_TOKEN") { bearerToken = token }
        if let key = value("SANDBOX_ANTHROPIC_KEY") { anthropicKey = key }
        if let text = value("SANDBOX_TOKENS_PER_SECOND") {
            guard let rate = Double(text), Self.isRate(rate) else {
                throw InvalidVariable(
                    name: "SANDBOX_TOKENS_PER_SECOND",
                    value: text,
                    expectation: "0 or a number from 0.001 to 1000000"
                )
            }
            tokensPerSecond = rate
        }
        if let text = value("SANDBOX_DIRECTIVES") { directives = text }
        if let text = value("SANDBOX_REQUIRE_PROFILES") {
            guard text == "true" || text == "false" else {
                throw InvalidVariable(name: "SANDBOX_REQUIRE_PROFILES", value: text, expectation: "true or false")
            }
            requiresProfiles = text == "true"
        }
        minimumCachedTokens = try number("SANDBOX_CACHE_MINIMUM_TOKENS", minimumCachedTokens)
        storageLimit = try number("SANDBOX_STORAGE_LIMIT_BYTES", storageLimit)
        guard (accessKeyID == nil) == (secretAccessKey == nil) else {
            throw InvalidVariable(
                name: "SANDBOX_ACCESS_KEY_ID",
                value: accessKeyID ?? "",
                expectation: "set together with SANDBOX_SECRET_ACCESS_KEY"
            )
        }
    }

    /// The credentials that pass: the built-in ones and those configured.
    var credentials: [KnownCredential] {
        var known = [
            KnownCredential(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
            ),
            KnownCredential(
                accessKeyID: "ASIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: "SANDBOX/SESSION+TOKEN==",
                arn: Caller.user("sandbox-temporary").arn
            ),
            KnownCredential(
                accessKeyID: "ASIDEXPIRED",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: "SANDBOX/EXPIRED+TOKEN==",
                expiration: 0,
                arn: Caller.user("sandbox-expired").arn
            ),
        ]
        if let accessKeyID, let secretAccessKey {
            known.append(
                KnownCredential(
                    accessKeyID: accessKeyID,
                    secretAccessKey: secretAccessKey,
                    sessionToken: sessionToken,
                    arn: Caller.user("sandbox-configured").arn
                )
            )
        }
        return known
    }
}
