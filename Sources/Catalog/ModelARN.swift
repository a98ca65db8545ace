/// ARNs that name a model the adapter can recognise.
enum ModelARN {
    /// `arn:<partition>:bedrock:<region>:<account>:foundation-model/<id>` or `…:inference-profile/<geo>.<id>`: the part
    /// behind the slash. Application profiles, custom models and the like are opaque.
    static func transparentModelID(in id: String) -> String? {
        guard id.hasPrefix("arn:") else { return nil }
        let parts = id.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[1].hasPrefix("aws"), parts[2] == "bedrock" else { return nil }
        for kind in ["foundation-model/", "inference-profile/"] where parts[5].hasPrefix(kind) {
            return String(parts[5].dropFirst(kind.count))
        }
        return nil
    }
}
