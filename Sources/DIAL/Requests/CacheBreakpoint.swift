import JSON

/// A mark after which the prompt is to be cached. Source: DIAL API, prompt caching.
public struct CacheBreakpoint: Sendable, Hashable {
    /// An RFC 3339 instant, unchecked.
    public var expireAt: String?
    /// `5m` or `1h`; arrives only where unknown fields are ignored, since the DIAL API does not have it.
    public var ttl: String?

    public init(expireAt: String? = nil, ttl: String? = nil) {
        self.expireAt = expireAt
        self.ttl = ttl
    }
}

extension CacheBreakpoint: RequestModel {
    enum Field: String {
        case expireAt = "expire_at"
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        expireAt = try fields.optional(.expireAt, .string)
        ttl = fields.object["ttl"]?.stringValue
    }
}
