import JSON

/// Texts, tokens and images to embed, one vector each. Source: DIAL API, embeddings.
public struct EmbeddingsRequest: Sendable {
    /// Required, though it may be empty where `customInput` says it all.
    public var input: Input
    /// `float` where the request says nothing.
    public var encodingFormat: EncodingFormat
    /// Length of the vectors, unchecked.
    public var dimensions: Int?
    /// Embedded after `input`.
    public var customInput: [CustomInput]?
    public var customFields: CustomFields?

    /// One text or several; tokens pass here and are refused with 422 by the deployment.
    public enum Input: Sendable, Hashable {
        case text(String)
        case texts([String])
        /// One text, tokenized.
        case tokens([Int])
        case tokenLists([[Int]])
    }

    /// One vector each. Source: DIAL API, embeddings, `custom_input`.
    public enum CustomInput: Sendable {
        case text(String)
        case attachment(Attachment)
        /// Several items for one vector.
        case mixed([Item])

        /// A part of a mixed input.
        public enum Item: Sendable {
            case text(String)
            case attachment(Attachment)
        }
    }

    /// How vectors are written: numbers, or base64 of little-endian 32-bit floats.
    public enum EncodingFormat: String, Sendable, CaseIterable {
        case float, base64
    }

    /// Source: DIAL API, embeddings, `custom_fields`.
    public struct CustomFields: Sendable {
        /// What the vectors are for, `search_query` for instance.
        public var type: String?
        /// What the model is asked to mind; no model here takes it, so it is refused with 422.
        public var instruction: String?
    }

    /// - Throws: 400, as `ChatCompletionRequest` does.
    public init(decoding body: JSON, ignoringUnknownFields: Bool = false) throws(DIALError) {
        self = try RequestDecoder.decode(body, ignoringUnknownFields: ignoringUnknownFields)
    }
}

extension EmbeddingsRequest: RequestModel {
    enum Field: String {
        case model, input
        case encodingFormat = "encoding_format"
        case dimensions, user
        case customInput = "custom_input"
        case customFields = "custom_fields"
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        try fields.check(.model, Rule<String>.string)
        input = try fields.required(
            .input,
            .union(
                "str",
                Rule<String>.string.map(Input.text),
                Rule.list(of: .string).map(Input.texts),
                Rule.list(of: .strictInteger).map(Input.tokens),
                Rule.list(of: .list(of: .strictInteger)).map(Input.tokenLists)
            )
        )
        encodingFormat = try fields.value(.encodingFormat, .enumeration(), default: .float)
        dimensions = try fields.optional(.dimensions, .strictInteger)
        try fields.check(.user, Rule<String>.string)
        customInput = try fields.optional(
            .customInput,
            .list(
                of: .union(
                    "str",
                    Rule<String>.string.map(CustomInput.text),
                    Rule<Attachment>.model().map(CustomInput.attachment),
                    Rule.list(of: .item).map(CustomInput.mixed)
                )
            )
        )
        customFields = try fields.optional(.customFields, .model())
    }
}

extension Rule<EmbeddingsRequest.CustomInput.Item> {
    fileprivate static var item: Rule {
        .union("str", Rule<String>.string.map(Value.text), Rule<Attachment>.model().map(Value.attachment))
    }
}

extension EmbeddingsRequest.CustomFields: RequestModel {
    enum Field: String {
        case type, instruction
    }

    static var modelName: String { "EmbeddingsRequestCustomFields" }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        type = try fields.optional(.type, .string)
        instruction = try fields.optional(.instruction, .string)
    }
}
