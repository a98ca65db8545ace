import JSON

/// Cohere Embed for texts.
///
/// Source: Bedrock user guide, "Cohere Embed v3", "Cohere Embed v4".
struct CohereEmbeddingModel: ModelBody {
    let invocation: Sandbox.Invocation
    private let texts: [String]
    private let length: Int

    private static let shape = shape(longestText: 2048)
    /// Version 4, which has several lengths of vectors: as much as fits into its context.
    private static let shapeOfLongTexts = shape(longestText: 512_000)

    private static func shape(longestText: Int) -> Shape {
        .structure([
            .init("texts", .list(.text(.length(1...longestText)), count: 1...96), required: true),
            .init(
                "input_type",
                .text(.oneOf("search_document", "search_query", "classification", "clustering")),
                required: true
            ),
            .init("truncate", .text(.oneOf("NONE", "START", "END", "LEFT", "RIGHT"))),
            .init("output_dimension", .number(256...1536)),
            .init(
                "embedding_types",
                .list(.text(.oneOf("float", "int8", "uint8", "binary", "ubinary")), count: 1...5)
            ),
        ])
    }

    init(_ invocation: Sandbox.Invocation) throws(AWSError) {
        self.invocation = invocation
        if invocation.isStreaming { throw .unsupportedForStreaming }
        let lengths = invocation.model.dimensions
        try BodyCheck.check(invocation.json, against: lengths.count > 1 ? Self.shapeOfLongTexts : Self.shape)
        if let asked = invocation.json["output_dimension"], lengths.count == 1 || !lengths.contains(asked.intValue ?? 0)
        {
            throw .model("invalid request: output_dimension must be one of the lengths that the model has.")
        }
        length = invocation.json["output_dimension"]?.intValue ?? lengths[0]
        texts = (invocation.json["texts"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    var userText: String { texts.joined(separator: "\n") }

    func answer(_ directives: Directives, rate: Double) -> SandboxAnswer {
        let json = invocation.json
        let type = json["input_type"]?.stringValue ?? ""
        let vectors = texts.map { text in
            EmbeddingVector(
                "\(type) \(text)",
                model: invocation.model,
                count: length,
                normalized: true
            )
        }
        var body: JSONObject = [
            "id": .string(String(ASCII.hex(Digest.sha256(userText)).prefix(32))),
            "texts": .array(texts.map { .string($0) }),
        ]
        if let types = json["embedding_types"]?.arrayValue?.compactMap(\.stringValue) {
            var byType: JSONObject = [:]
            for type in types { byType[type] = .array(vectors.map { Self.form($0, type) }) }
            body["embeddings"] = .object(byType)
            body["response_type"] = "embeddings_by_type"
        } else {
            body["embeddings"] = .array(vectors.map(\.floats))
            body["response_type"] = "embeddings_floats"
        }
        let tokens = texts.reduce(0) { $0 + TokenCount.text($1) }
        return InvokeModelAnswer(directives, rate: rate, usage: (tokens, 0)).whole(.object(body))
    }

    private static func form(_ vector: EmbeddingVector, _ type: String) -> JSON {
        switch type {
        case "int8": vector.signedBytes
        case "uint8": vector.bytes
        case "binary": .array(vector.packedBits.map { JSON(Int($0) - 128) })
        case "ubinary": .array(vector.packedBits.map { JSON(Int($0)) })
        default: vector.floats
        }
    }
}
