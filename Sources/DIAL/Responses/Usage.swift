import JSON

/// Tokens of one answer. Source: DIAL API, usage.
public struct Usage: Sendable, Hashable {
    /// The whole prompt, what came from the cache included.
    public var promptTokens: Int
    /// Reasoning tokens included.
    public var completionTokens: Int
    /// Prompt tokens read from the cache.
    public var cachedTokens: Int?
    /// Prompt tokens written to the cache.
    public var cacheWriteTokens: Int?
    /// Completion tokens spent on reasoning.
    public var reasoningTokens: Int?

    /// The details are sent only where they are set.
    public init(
        promptTokens: Int,
        completionTokens: Int,
        cachedTokens: Int? = nil,
        cacheWriteTokens: Int? = nil,
        reasoningTokens: Int? = nil
    ) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.reasoningTokens = reasoningTokens
    }

    /// Prompt and completion together, never more than `Int.max`.
    public var totalTokens: Int { promptTokens.addingWithoutOverflow(completionTokens) }

    /// The usage of several choices; a detail that only one of them has is kept.
    public static func + (left: Usage, right: Usage) -> Usage {
        func sum(_ detail: KeyPath<Usage, Int?>) -> Int? {
            guard let first = left[keyPath: detail] else { return right[keyPath: detail] }
            return first.addingWithoutOverflow(right[keyPath: detail] ?? 0)
        }
        return Usage(
            promptTokens: left.promptTokens.addingWithoutOverflow(right.promptTokens),
            completionTokens: left.completionTokens.addingWithoutOverflow(right.completionTokens),
            cachedTokens: sum(\.cachedTokens),
            cacheWriteTokens: sum(\.cacheWriteTokens),
            reasoningTokens: sum(\.reasoningTokens)
        )
    }
}

/// Usage of one of several models behind an answer, for `statistics.usage_per_model`.
public struct ModelUsage: Sendable, Hashable {
    public var model: String
    public var usage: Usage

    public init(model: String, usage: Usage) {
        self.model = model
        self.usage = usage
    }
}

extension Usage {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeCounts(to: &writer)
        if cachedTokens != nil || cacheWriteTokens != nil {
            writer.key("prompt_tokens_details")
            writer.beginObject()
            if let cachedTokens {
                writer.key("cached_tokens")
                writer.number(cachedTokens)
            }
            if let cacheWriteTokens {
                writer.key("cache_write_tokens")
                writer.number(cacheWriteTokens)
            }
            writer.endObject()
        }
        if let reasoningTokens {
            writer.key("completion_tokens_details")
            writer.beginObject()
            writer.key("reasoning_tokens")
            writer.number(reasoningTokens)
            writer.endObject()
        }
        writer.endObject()
    }

    fileprivate func writeCounts(to writer: inout JSONWriter) {
        writer.key("prompt_tokens")
        writer.number(promptTokens)
        writer.key("completion_tokens")
        writer.number(completionTokens)
        writer.key("total_tokens")
        writer.number(totalTokens)
    }
}

extension ModelUsage {
    func write(index: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("index")
        writer.number(index)
        writer.key("model")
        writer.string(model)
        usage.writeCounts(to: &writer)
        writer.endObject()
    }
}

extension Int {
    /// The sum, or the nearest number there is: counts come from upstream, and a mad one must not trap.
    public func addingWithoutOverflow(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
