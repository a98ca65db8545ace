import DIAL

extension Gateway {
    /// `POST …/embeddings`. Source: DIAL API, "embeddings".
    func embed(_ call: EndpointCall, _ exchange: inout Exchange) async throws(DIALError) {
        let body = try RequestBody.parse(exchange.request.body)
        _ = try EmbeddingsRequest(decoding: .object(body), ignoringUnknownFields: configuration.ignoresUnknownFields)
        _ = try deployment(call, kind: .embeddings)
        throw .notImplemented
    }
}
