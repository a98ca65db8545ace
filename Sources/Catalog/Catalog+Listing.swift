/// One item of `GET /openai/models`.
public struct ListedModel: Sendable, Hashable {
    /// The deployment id, as requests have it in their path.
    public let id: String
    public let kind: ModelProfile.Kind
    /// Who made the model, as Bedrock's ids spell it: `anthropic`.
    public let vendor: String
}

extension Catalog {
    /// Mapped chat ids in the order of the mapping, then the chat ids of the table, then the same for embeddings. Variants
    /// with a geographic prefix are not listed.
    public var listing: [ListedModel] {
        listing(of: .chat, in: ModelTable.chat) + listing(of: .embeddings, in: ModelTable.embeddings)
    }

    private func listing(of kind: ModelProfile.Kind, in table: [ModelProfile]) -> [ListedModel] {
        let mapped = mapping.entries.filter { $0.kind == kind }.map(\.id)
        let listed = Set(mapped)
        return (mapped + table.map(\.id).filter { !listed.contains($0) }).map { id in
            ListedModel(id: id, kind: kind, vendor: resolve(id: id, kind: kind)?.profile.vendor ?? "")
        }
    }
}
