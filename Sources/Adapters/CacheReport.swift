import DIAL

/// What a request asked to be cached, for the `X-DIAL-CACHE-*` headers of the answer.
///
/// Source: DIAL API, response headers of prompt caching.
public struct CacheReport: Sendable, Hashable {
    /// `prefix.body.messages[2]` or `prefix.body.tools[0]`, by the request's own indices.
    public let path: String
    /// Seconds from now that the entry lives.
    public let timeToLive: Int
}

extension CacheReport {
    /// Nil when the request has no breakpoint. One of the whole request stands for its last message.
    /// - Parameter includingTools: whether those of tools count.
    init?(_ request: borrowing ChatCompletionRequest, includingTools: Bool = true) {
        let messages = request.messages
        let tools = includingTools ? request.tools ?? [] : []
        let ofRequest = request.customFields?.cacheBreakpoint
        if let index = messages.lastIndex(where: { ofRequest != nil || $0.cacheBreakpoint != nil }) {
            path = "prefix.body.messages[\(index)]"
        } else if let index = tools.lastIndex(where: { $0.cacheBreakpoint != nil }) {
            path = "prefix.body.tools[\(index)]"
        } else {
            return nil
        }
        let breakpoints = [ofRequest] + messages.map(\.cacheBreakpoint) + tools.map(\.cacheBreakpoint)
        timeToLive = breakpoints.compactMap(\.?.timeToLive).max() ?? CacheBreakpoint.defaultTimeToLive
    }
}

extension Tool {
    fileprivate var cacheBreakpoint: CacheBreakpoint? {
        if case .function(let tool) = self { tool.cacheBreakpoint } else { nil }
    }
}

extension CacheBreakpoint {
    fileprivate static let defaultTimeToLive = 300

    /// Seconds: of `30s`, `5m`, `1h` and the like; the usual time where there is none or it cannot be read.
    fileprivate var timeToLive: Int {
        guard let ttl, let unit = ["s": 1, "m": 60, "h": 3600][String(ttl.suffix(1))], let number = Int(ttl.dropLast())
        else {
            return Self.defaultTimeToLive
        }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || !(0...31_536_000).contains(seconds) ? Self.defaultTimeToLive : seconds
    }
}
