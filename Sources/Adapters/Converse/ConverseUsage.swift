import DIAL
import JSON

/// Source: AWS API reference "TokenUsage".
enum ConverseUsage {
    /// The service's `inputTokens` leave out what came from the cache or went into it; DIAL's prompt tokens do not.
    static func usage(_ usage: JSONView?) -> Usage? {
        guard let usage, usage.kind == .object, usage.count > 0 else { return nil }
        func count(_ key: StaticString) -> Int { max(0, usage[key]?.int ?? 0) }
        let read = count("cacheReadInputTokens")
        let written = count("cacheWriteInputTokens")
        return Usage(
            promptTokens: count("inputTokens").addingWithoutOverflow(read).addingWithoutOverflow(written),
            completionTokens: count("outputTokens"),
            cachedTokens: read,
            cacheWriteTokens: written,
            reasoningTokens: 0
        )
    }
}
