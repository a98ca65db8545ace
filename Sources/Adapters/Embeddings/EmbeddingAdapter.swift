import DIAL

/// Translates between the DIAL API and one family of embedding models. No I/O: files come through the context.
public protocol EmbeddingAdapter: Sendable {
    /// - Throws: ``DIALError`` when the request cannot be served.
    func prepare(_ request: EmbeddingsRequest, _ context: AdapterContext) async throws(DIALError) -> PreparedEmbeddings
}
