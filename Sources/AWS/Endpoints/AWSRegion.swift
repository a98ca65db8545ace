/// The name of a region, `eu-west-1`, known to be fit for a host name.
public struct AWSRegion: Sendable, Hashable, CustomStringConvertible {
    public let name: String

    /// Nil unless `name` is a host label: 1 to 63 of `a-z`, `0-9` and `-`, starting with a letter, not ending with a
    /// hyphen. Which regions exist is not checked, so that a new one needs no new release.
    public init?(_ name: String) {
        let isLabel = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isLabel, (1...63).contains(name.utf8.count), let first = name.utf8.first, first >= UInt8(ascii: "a"),
            name.utf8.last != UInt8(ascii: "-")
        else { return nil }
        self.name = name
    }

    public var description: String { name }

    /// `us-east-1`: the global STS is there, and it stands in for STS where no region is configured.
    public static let northVirginia = AWSRegion(known: "us-east-1")

    private init(known name: String) {
        self.name = name
    }
}

extension AWSRegion {
    /// The region of one call.
    ///
    /// Order: the upstream's extra data, `DEFAULT_REGION`, `AWS_DEFAULT_REGION`, `AWS_REGION`, the profile. An empty
    /// value counts as absent.
    /// - Throws: `AWSCredentialError`, cause `.noRegion` or `.invalidRegion`.
    public static func configured(
        extraData: String?,
        environment: [String: String],
        profileRegion: String? = nil
    ) throws(AWSCredentialError) -> AWSRegion {
        let variables = ["DEFAULT_REGION", "AWS_DEFAULT_REGION", "AWS_REGION"]
        let candidates =
            [("extra data", extraData)] + variables.map { ($0, environment[$0]) } + [("profile", profileRegion)]
        for (place, candidate) in candidates {
            guard let value = candidate, !value.isEmpty else { continue }
            guard let region = AWSRegion(value) else {
                throw AWSCredentialError(.invalidRegion, detail: place == "extra data" ? nil : place)
            }
            return region
        }
        throw AWSCredentialError(.noRegion)
    }
}
