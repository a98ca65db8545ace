import DIAL

/// What a request asked to be cached, for the `X-DIAL-CACHE-*` headers of the answer.
///
/// Source: DIAL API, response headers of prompt caching.
public struct CacheReport: Sendable, Hashable {
    /// `prefix.body.messages[2]` or `prefix.body.tools[0]`, by the request's own indices.
    public let path: String
    /// Seconds from now that the entry lives.
    public let timeToLive: Int

    public init(path: String, timeToLive: Int) {
        self.path = path
        self.timeToLive = timeToLive
    }

    /// Nil when the request has no breakpoint.
    /// - Parameter includingTools: whether those of tools count.
    public init?(_ request: borrowing ChatCompletionRequest, includingTools: Bool = true) {
        let messages = request.messages
        let tools = includingTools ? request.tools ?? [] : []
        if let index = messages.lastIndex(where: { $0.cacheBreakpoint != nil }) {
            path = "prefix.body.messages[\(index)]"
        } else if let index = tools.lastIndex(where: { $0.cacheBreakpoint != nil }) {
            path = "prefix.body.tools[\(index)]"
        } else {
            return nil
        }
        let lasting =
            messages.contains { $0.cacheBreakpoint?.ttl == "1h" } || tools.contains { $0.cacheBreakpoint?.ttl == "1h" }
        timeToLive = lasting ? 3600 : 300
    }
}

extension Tool {
    fileprivate var cacheBreakpoint: CacheBreakpoint? {
        if case .function(let tool) = self { tool.cacheBreakpoint } else { nil }
    }
}
