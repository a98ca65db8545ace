import JSON

/// The prompt up to here is to be cached. Source: AWS API reference "CachePointBlock".
public struct ConverseCachePoint: Sendable, Hashable {
    /// `5m` or `1h`; nil leaves it to the service, which takes five minutes.
    public var timeToLive: String?

    public init(timeToLive: String? = nil) {
        self.timeToLive = timeToLive
    }

    /// Whether it asks for an hour; the service wants these before those of five minutes.
    public var isLong: Bool { timeToLive == "1h" }

    var json: JSON {
        var members: JSONObject = ["type": "default"]
        if let timeToLive { members.append("ttl", .string(timeToLive)) }
        return ["cachePoint": .object(members)]
    }
}
