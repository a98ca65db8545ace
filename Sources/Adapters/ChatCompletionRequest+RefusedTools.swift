import DIAL

extension ChatCompletionRequest {
    /// For models without tools outside Converse.
    ///
    /// Source: DIAL API, semantic checks.
    /// - Throws: 422 when tools or functions are declared.
    func refuseTools() throws(DIALError) {
        guard (tools ?? []).isEmpty else { throw .validation("The tools aren't supported") }
        guard (functions ?? []).isEmpty else { throw .validation("The functions aren't supported") }
    }
}
