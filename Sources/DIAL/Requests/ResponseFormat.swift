import JSON

/// The form the answer has to take. Source: DIAL API, `response_format`.
public enum ResponseFormat: Sendable {
    case text
    case jsonObject
    case jsonSchema(Schema)

    /// The member `json_schema`.
    public struct Schema: Sendable {
        /// The client's word for the format; becomes a tool's on Converse.
        public var name: String
        /// JSON Schema, its members in the client's order.
        public var schema: JSONObject
        /// For the model, on Converse.
        public var description: String?
    }
}

extension Rule<ResponseFormat> {
    static var responseFormat: Rule {
        .union(
            "ResponseFormatText",
            Rule<ResponseFormatText>.model().map { _ in .text },
            Rule<ResponseFormatJSONObject>.model().map { _ in .jsonObject },
            Rule<ResponseFormatJSONSchema>.model().map { .jsonSchema($0.schema) }
        )
    }
}

private struct ResponseFormatText: RequestModel {
    enum Field: String {
        case type
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.type, .literal("text"))
    }
}

private struct ResponseFormatJSONObject: RequestModel {
    enum Field: String {
        case type
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.type, .literal("json_object"))
    }
}

private struct ResponseFormatJSONSchema: RequestModel {
    enum Field: String {
        case type
        case schema = "json_schema"
    }

    let schema: ResponseFormat.Schema

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.type, .literal("json_schema"))
        schema = try fields.required(.schema, .model())
    }
}

extension ResponseFormat.Schema: RequestModel {
    enum Field: String {
        case description, name, schema, strict
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        description = try fields.optional(.description, .string)
        name = try fields.required(.name, .string)
        schema = try fields.required(.schema, .dictionary)
        // A schema is always binding.
        try fields.check(.strict, Rule<Bool>.strictBoolean)
    }
}
