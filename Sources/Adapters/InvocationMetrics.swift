import DIAL
import HTTPClient
import JSON

/// Tokens as Bedrock counts them for any model.
///
/// Source: AWS Bedrock user guide, "Monitor model invocation: token counts".
enum InvocationMetrics {
    /// Of an answer without streaming; a count that is missing or unreadable is 0.
    static func usage(_ headers: HTTPHeaders) -> Usage {
        Usage(
            promptTokens: tokens(headers["x-amzn-bedrock-input-token-count"]),
            completionTokens: tokens(headers["x-amzn-bedrock-output-token-count"])
        )
    }

    /// Of a chunk, usually the last; nil for chunks that bring none.
    static func usage(_ chunk: JSONView) -> Usage? {
        guard let metrics = chunk["amazon-bedrock-invocationMetrics"], metrics.kind == .object else { return nil }
        return Usage(
            promptTokens: max(0, metrics["inputTokenCount"]?.int ?? 0),
            completionTokens: max(0, metrics["outputTokenCount"]?.int ?? 0)
        )
    }

    static func tokens(_ header: String?) -> Int {
        max(0, header.flatMap { Int($0) } ?? 0)
    }
}
