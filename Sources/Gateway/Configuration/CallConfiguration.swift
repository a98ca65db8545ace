/// Calls of the models. docs/configuration.md, "Calls of the models".
struct CallConfiguration: Sendable {
    /// The longest silence of a model, in seconds: before its first byte, and between two.
    let requestTimeout: Double
    /// Attempts after the first, for Converse and InvokeModel.
    let bedrockRetries: Int
    /// Attempts after the first, for Claude's Messages API, at Bedrock too.
    let anthropicRetries: Int
    /// Connections that each event loop keeps for Converse and InvokeModel; more may work at a time.
    let bedrockPoolConnections: Int
    /// Calls of Claude's Messages API at a time, for each event loop; more wait for their turn.
    let anthropicConnections: Int
    /// Connections that each event loop keeps for those calls.
    let anthropicIdleConnections: Int
    /// Seconds that such a call waits for its turn.
    let anthropicPoolTimeout: Double

    init(_ reader: inout EnvironmentReader) {
        requestTimeout = reader.seconds("REQUEST_TIMEOUT_SECONDS", default: 600, in: 1...86_400)
        let awsAttempts = reader.integer("AWS_MAX_ATTEMPTS", default: 1, in: 1...100)
        bedrockRetries = reader.integer("BOTOCORE_MAX_RETRY_ATTEMPTS", default: awsAttempts - 1, in: 0...100)
        anthropicRetries = reader.integer("ANTHROPIC_MAX_RETRY_ATTEMPTS", default: 0, in: 0...100)
        bedrockPoolConnections = reader.integer("BOTOCORE_CLIENT_MAX_POOL_CONNECTIONS", default: 1000, in: 1...100_000)
        anthropicConnections = reader.integer("ANTHROPIC_MAX_CONNECTIONS", default: 1000, in: 1...100_000)
        anthropicIdleConnections = reader.integer("ANTHROPIC_MAX_KEEPALIVE_CONNECTIONS", default: 100, in: 0...100_000)
        anthropicPoolTimeout = reader.seconds("ANTHROPIC_POOL_TIMEOUT", default: 10, in: 0...3600)
    }
}
