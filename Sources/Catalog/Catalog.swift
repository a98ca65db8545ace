/// Finds the model behind a deployment id.
///
/// Source: the adapter's rules for deployment ids and `COMPATIBILITY_MAPPING`.
public struct Catalog: Sendable {
    /// Empty where `COMPATIBILITY_MAPPING` is not set.
    public let mapping: CompatibilityMapping

    public init(mapping: CompatibilityMapping = CompatibilityMapping()) {
        self.mapping = mapping
    }

    /// - Parameter compatibilityMapping: the value of the variable, nil when it is not set.
    /// - Throws: ``CompatibilityMappingError``: the process must not start.
    public init(compatibilityMapping: String?) throws(CompatibilityMappingError) {
        self.init(mapping: try CompatibilityMapping(compatibilityMapping))
    }

    /// The deployment for an id as decoded from the path, or nil: unknown, or of the other kind.
    ///
    /// - Parameter compatibleModelID: `compatible_model_id` of the upstream's extra data, which wins over the mapping.
    public func resolve(id requestedID: String, compatibleModelID: String? = nil, kind: ModelProfile.Kind)
        -> Deployment?
    {
        let id = requestedID == Self.renamed.old ? Self.renamed.new : requestedID
        let candidate = candidate(for: id, compatibleModelID: compatibleModelID)
        guard let match = Self.match(candidate, kind: kind) else { return nil }
        return Deployment(profile: match.profile, upstreamID: id, deploymentID: requestedID, prefix: match.prefix)
    }

    /// The deployment from before its model had versions: called by the new id upstream too.
    private static let renamed = (old: "stability.stable-diffusion-xl", new: "stability.stable-diffusion-xl-v1")

    /// The id that the table of models is searched for.
    private func candidate(for id: String, compatibleModelID: String? = nil) -> String {
        compatibleModelID ?? mapping[id] ?? id
    }

    /// The message for an id that ``resolve(id:compatibleModelID:kind:)`` does not know, or knows as the other kind.
    public func unknownDeploymentMessage(
        id: String,
        compatibleModelID: String? = nil,
        kind: ModelProfile.Kind
    ) -> String {
        let candidate = candidate(for: id, compatibleModelID: compatibleModelID)
        let unknown =
            if kind == .chat, Self.match(candidate, kind: .embeddings) != nil {
                "The deployment '\(candidate)' makes embeddings: its endpoint is 'embeddings'."
            } else if kind == .embeddings, Self.match(candidate, kind: .chat) != nil {
                "The deployment '\(candidate)' makes no embeddings: its endpoint is 'chat/completions'."
            } else {
                "The deployment id '\(candidate)' is unknown."
            }
        return unknown
            + " Use one of the supported model ids, optionally with a geographic prefix such as 'us.', or name the "
            + "supported model that it is compatible with in 'compatible_model_id' of the upstream's extra data or in "
            + "COMPATIBILITY_MAPPING."
    }

    struct Match {
        let profile: ModelProfile
        let prefix: String?
    }

    /// One step of resolution: exact, prefixed (of embeddings only where there are inference profiles), or an ARN that
    /// contains such an id. No chains.
    static func match(_ candidate: String, kind: ModelProfile.Kind) -> Match? {
        // No id is as long; comparing is slow where a text is made of combining marks.
        guard candidate.utf8.count <= 2048 else { return nil }
        if let resource = ModelARN.transparentModelID(in: candidate) {
            return matchID(resource, kind: kind)
        }
        return matchID(candidate, kind: kind)
    }

    private static func matchID(_ candidate: String, kind: ModelProfile.Kind) -> Match? {
        let table = kind == .chat ? chatByID : embeddingsByID
        if let profile = table[candidate] { return Match(profile: profile, prefix: nil) }
        guard let dot = candidate.firstIndex(of: ".") else { return nil }
        let prefix = candidate[..<dot]
        guard !prefix.isEmpty, prefix.utf8.allSatisfy(isPrefixByte),
            let profile = table[String(candidate[candidate.index(after: dot)...])],
            profile.kind == .chat || !profile.knownPrefixes.isEmpty
        else { return nil }
        return Match(profile: profile, prefix: String(prefix))
    }

    private static func isPrefixByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static let chatByID = Dictionary(uniqueKeysWithValues: ModelTable.chat.map { ($0.id, $0) })
    private static let embeddingsByID = Dictionary(uniqueKeysWithValues: ModelTable.embeddings.map { ($0.id, $0) })
}
