import AWS
import EventLoop

/// What one event loop counts. Used on its loop's thread; a scrape takes copies there and adds them up.
///
/// Every label has few values: routes, statuses, models of the catalog, known error names. What a client or an upstream
/// may spell freely never becomes one.
final class Metrics: @unchecked Sendable {
    struct Request: Hashable {
        let method: String
        let target: String
        let status: Int
    }

    /// One call of a model. Source: OpenTelemetry, "Semantic conventions for generative AI metrics".
    struct Operation: Hashable {
        enum Name: String { case chat, embeddings }

        let name: Name
        /// `aws.bedrock` or `anthropic`
        let provider: String
        /// Of the catalog: the model whose rules the deployment follows.
        let model: String
    }

    /// How a call ended.
    struct Outcome: Hashable {
        let operation: Operation
        /// Nil for calls that went well.
        let errorType: String?
    }

    struct TokenCount: Hashable {
        let operation: Operation
        /// `input` or `output`
        let tokenType: String
    }

    struct CredentialRefresh: Hashable {
        let source: String
        let succeeded: Bool
    }

    struct Connections: Hashable {
        let pool: String
        let state: String
    }

    struct Values: Sendable {
        var requests: [Request: Histogram] = [:]
        var operations: [Outcome: Histogram] = [:]
        var firstChunks: [Operation: Histogram] = [:]
        var tokens: [TokenCount: Histogram] = [:]
        var errors: [Outcome: UInt64] = [:]
        var retries: [Operation: UInt64] = [:]
        var credentialRefreshes: [CredentialRefresh: UInt64] = [:]
        var openStreams = 0
        var connections: [Connections: Int] = [:]
    }

    private(set) var values = Values()

    func requestEnded(_ request: Request, milliseconds: Double) {
        values.requests[request, default: Histogram(bounds: Histogram.requestMilliseconds)].record(milliseconds)
    }

    func streamBegan() {
        values.openStreams += 1
    }

    func streamEnded() {
        values.openStreams -= 1
    }

    func used(_ operation: Operation, inputTokens: Int?, outputTokens: Int?) {
        for (type, count) in [("input", inputTokens), ("output", outputTokens)] {
            guard let count else { continue }
            let key = TokenCount(operation: operation, tokenType: type)
            values.tokens[key, default: Histogram(bounds: Histogram.tokens)].record(Double(count))
        }
    }

    func operationEnded(_ call: OperationMeter) {
        let result = Outcome(operation: call.operation, errorType: call.errorType)
        let seconds = Double(EventLoop.now() &- call.start) / 1e9
        values.operations[result, default: Histogram(bounds: Histogram.operationSeconds)].record(seconds)
        if call.isUpstreamFailure { values.errors[result, default: 0] += 1 }
        if call.attempts > 1 { values.retries[call.operation, default: 0] += UInt64(call.attempts - 1) }
        guard let firstChunk = call.firstChunk else { return }
        let wait = Double(firstChunk &- call.start) / 1e9
        values.firstChunks[call.operation, default: Histogram(bounds: Histogram.firstChunkSeconds)].record(wait)
    }

    func count(_ note: CredentialNote) {
        switch note {
        case .obtained(let source, _): countRefresh(source, succeeded: 1, failed: 0)
        case .refreshFailed(let source, _, _): countRefresh(source, succeeded: 0, failed: 1)
        case .expirationExtended: break
        }
    }

    /// Both at a time: of a counter that begins with its first failure `increase` would see nothing.
    private func countRefresh(_ source: String, succeeded: UInt64, failed: UInt64) {
        values.credentialRefreshes[CredentialRefresh(source: source, succeeded: true), default: 0] += succeeded
        values.credentialRefreshes[CredentialRefresh(source: source, succeeded: false), default: 0] += failed
    }
}

extension Metrics.Values {
    mutating func merge(_ other: Self) {
        requests.merge(other.requests, uniquingKeysWith: +)
        operations.merge(other.operations, uniquingKeysWith: +)
        firstChunks.merge(other.firstChunks, uniquingKeysWith: +)
        tokens.merge(other.tokens, uniquingKeysWith: +)
        errors.merge(other.errors, uniquingKeysWith: +)
        retries.merge(other.retries, uniquingKeysWith: +)
        credentialRefreshes.merge(other.credentialRefreshes, uniquingKeysWith: +)
        openStreams += other.openStreams
        connections.merge(other.connections, uniquingKeysWith: +)
    }
}
