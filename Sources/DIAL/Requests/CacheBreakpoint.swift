import JSON

/// A mark after which the prompt is to be cached. Source: DIAL API, prompt caching.
public struct CacheBreakpoint: Sendable, Hashable {
    /// `5m` or `1h`; arrives only where unknown fields are ignored, since the DIAL API does not have it.
    public var ttl: String?
}

extension CacheBreakpoint: RequestModel {
    enum Field: String {
        case expireAt = "expire_at"
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        // An instant; services know times to live only.
        try fields.check(.expireAt, Rule<String>.string)
        ttl = fields.object["ttl"]?.stringValue
    }
}
