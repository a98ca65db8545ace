/// An Amazon Resource Name, `arn:partition:service:region:account:resource`.
/// Source: AWS General Reference, "Amazon Resource Names (ARNs)".
public struct ARN: Sendable, Hashable, CustomStringConvertible {
    /// `aws`, or something that begins with `aws-`.
    public let partition: String
    /// The service's name in ARNs, such as `bedrock`; never empty.
    public let service: String
    /// Empty for resources that belong to no region.
    public let region: String
    /// 12 digits, or empty for resources of AWS itself.
    public let accountID: String
    /// All that follows, colons and slashes included.
    public let resource: String

    /// Nil unless `text` has the six parts, with partition, service and resource not empty.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[1] == "aws" || parts[1].hasPrefix("aws-"), !parts[2].isEmpty,
            !parts[5].isEmpty,
            parts[4].isEmpty || (parts[4].utf8.count == 12 && parts[4].utf8.allSatisfy { (0x30...0x39).contains($0) })
        else { return nil }
        partition = String(parts[1])
        service = String(parts[2])
        region = String(parts[3])
        accountID = String(parts[4])
        resource = String(parts[5])
    }

    /// What stands before the first slash of the resource, `inference-profile`; empty when there is no slash.
    public var resourceType: String {
        resource.firstIndex(of: "/").map { String(resource[..<$0]) } ?? ""
    }

    public var description: String {
        "arn:" + partition + ":" + service + ":" + region + ":" + accountID + ":" + resource
    }
}
