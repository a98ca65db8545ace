/// What a deployment id of a request stands for.
public struct Deployment: Sendable, Hashable {
    /// The behaviour.
    public let profile: ModelProfile
    /// The id sent upstream: the request's, or the present one of a deployment that was renamed; no mapping rewrites it.
    public let upstreamID: String
    /// The id in the path of the request.
    public let deploymentID: String
    /// The geographic prefix the id was recognised by, without the dot.
    public let prefix: String?

    /// Prefixes AWS documents. Others are accepted too, and worth one warning in the log.
    static let documentedPrefixes: Set<String> = ["us", "eu", "apac", "us-gov", "jp", "au", "ca", "global"]

    /// A prefix that AWS does not document, which may be a typing error.
    public var undocumentedPrefix: String? {
        prefix.flatMap { Self.documentedPrefixes.contains($0) ? nil : $0 }
    }
}
