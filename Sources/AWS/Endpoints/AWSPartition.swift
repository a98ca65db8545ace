/// A separate part of AWS with domain names of its own.
/// Source: AWS General Reference, "AWS service endpoints"; one row per partition.
struct AWSPartition: Sendable, Equatable {
    /// As in ARNs.
    let id: String
    /// What its regions start with; the commercial partition takes every other region, unknown ones included.
    let regionPrefix: String
    /// Domain of plain and FIPS endpoints.
    let domain: String
    /// Domain of dual-stack (IPv4 and IPv6) endpoints; nil when it has none.
    let dualStackDomain: String?

    /// The commercial partition.
    static let standard = AWSPartition(
        id: "aws",
        regionPrefix: "",
        domain: "amazonaws.com",
        dualStackDomain: "api.aws"
    )

    /// Every partition; `standard` is the last one.
    static let all: [AWSPartition] = [
        .init(id: "aws-us-gov", regionPrefix: "us-gov-", domain: "amazonaws.com", dualStackDomain: "api.aws"),
        .init(
            id: "aws-cn",
            regionPrefix: "cn-",
            domain: "amazonaws.com.cn",
            dualStackDomain: "api.amazonwebservices.com.cn"
        ),
        .init(id: "aws-iso", regionPrefix: "us-iso-", domain: "c2s.ic.gov", dualStackDomain: "api.aws.ic.gov"),
        .init(id: "aws-iso-b", regionPrefix: "us-isob-", domain: "sc2s.sgov.gov", dualStackDomain: "api.aws.scloud"),
        .init(id: "aws-iso-e", regionPrefix: "eu-isoe-", domain: "cloud.adc-e.uk", dualStackDomain: nil),
        .init(id: "aws-iso-f", regionPrefix: "us-isof-", domain: "csp.hci.ic.gov", dualStackDomain: nil),
        .init(
            id: "aws-eusc",
            regionPrefix: "eusc-",
            domain: "amazonaws.eu",
            dualStackDomain: "api.amazonwebservices.eu"
        ),
        .standard,
    ]

    /// The partition that a region belongs to.
    static func of(_ region: AWSRegion) -> AWSPartition {
        all.first { region.name.hasPrefix($0.regionPrefix) } ?? .standard
    }
}
