import JSON

/// Titan Text Embeddings v1 and v2, Titan Multimodal Embeddings.
///
/// Source: Bedrock user guide, "Amazon Titan Embeddings Text", "Amazon Titan Multimodal Embeddings G1".
struct TitanEmbeddingModel: ModelBody {
    let invocation: Sandbox.Invocation
    private let inputTokens: Int

    init(_ invocation: Sandbox.Invocation) throws(AWSError) {
        self.invocation = invocation
        let (json, model) = (invocation.json, invocation.model)
        if invocation.isStreaming { throw .unsupportedForStreaming }
        try BodyCheck.check(json, against: model.images ? Self.multimodalShape : Self.textShape(model))
        inputTokens = json["inputText"]?.stringValue.map(TokenCount.text) ?? 0
        guard inputTokens <= model.context else {
            throw .tooManyInputTokens(inputTokens, maximum: model.context)
        }
        if let length = Self.length(json), !model.dimensions.contains(length) {
            let key = model.images ? "embeddingConfig/outputEmbeddingLength" : "dimensions"
            throw .malformed("#/\(key): \(length) is not a valid enum value")
        }
        guard model.images else { return }
        if json["inputText"] == nil, json["inputImage"] == nil {
            throw .malformed("#: at least one of the keys [inputText, inputImage] is required")
        }
        if let image = json["inputImage"]?.stringValue { try Self.checkImage(image) }
    }

    private static func textShape(_ model: SandboxModel) -> Shape {
        var members = [Shape.Member("inputText", .text(.length(1...50_000)), required: true)]
        if model.dimensions.count > 1 {
            members += [
                .init("dimensions", .integer(1...Int.max)), .init("normalize", .boolean),
                .init("embeddingTypes", .list(.text(.oneOf("float", "binary")), count: 1...2)),
            ]
        }
        return .structure(members)
    }

    private static let multimodalShape = Shape.structure([
        .init("inputText", .text(.length(1...Int.max))),
        .init("inputImage", .text(.length(1...Int.max))),
        .init("embeddingConfig", .structure([.init("outputEmbeddingLength", .integer(1...Int.max))])),
    ])

    private static func checkImage(_ base64: String) throws(AWSError) {
        guard let bytes = Base64.decode(base64) else {
            throw .malformed("#/inputImage: not valid base64")
        }
        guard bytes.count <= 25 << 20 else { throw .malformed("#/inputImage: the image has more than 25 MB") }
        guard let picture = InputPicture(bytes), picture.format != .webp else {
            throw .malformed("#/inputImage: not a JPEG or PNG image")
        }
    }

    private static func length(_ json: JSON) -> Int? {
        json["embeddingConfig"]?["outputEmbeddingLength"]?.intValue ?? json["dimensions"]?.intValue
    }

    var userText: String { invocation.json["inputText"]?.stringValue ?? "" }

    func answer(_ directives: Directives, rate: Double) -> SandboxAnswer {
        let (json, model) = (invocation.json, invocation.model)
        let image = json["inputImage"]?.stringValue.map { ASCII.hex(Digest.sha256($0)) }
        let vector = EmbeddingVector(
            [userText, image].compactMap(\.self).joined(separator: "\n"),
            model: model,
            count: Self.length(json) ?? model.dimensions[0],
            normalized: model.dimensions.count > 1 && json["normalize"]?.boolValue != false
        )
        var body: JSONObject = ["embedding": vector.floats, "inputTextTokenCount": JSON(inputTokens)]
        if model.images {
            body["message"] = .null
        } else if model.dimensions.count > 1 {
            let types = json["embeddingTypes"]?.arrayValue?.compactMap(\.stringValue) ?? ["float"]
            var byType: JSONObject = [:]
            for type in types { byType[type] = type == "binary" ? vector.bits : vector.floats }
            body["embeddingsByType"] = .object(byType)
            if !types.contains("float") { body["embedding"] = nil }
        }
        return InvokeModelAnswer(directives, rate: rate, usage: (inputTokens, 0)).whole(.object(body))
    }
}
