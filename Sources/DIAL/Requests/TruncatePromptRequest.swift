import JSON

/// Prompts of which to say what `max_prompt_tokens` would drop. Source: DIAL API, truncate prompt.
public struct TruncatePromptRequest: Sendable {
    /// One output each, in this order; one without `max_prompt_tokens` fails alone.
    public var inputs: [ChatCompletionRequest]

    /// Whether a prompt has attachments or images.
    public var hasFiles: Bool { inputs.contains(where: \.hasFiles) }

    /// - Throws: 400, as `ChatCompletionRequest` does.
    public init(decoding body: JSON, ignoringUnknownFields: Bool = false) throws(DIALError) {
        self = try RequestDecoder.decode(body, ignoringUnknownFields: ignoringUnknownFields)
    }
}

extension TruncatePromptRequest: RequestModel {
    enum Field: String {
        case inputs
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        inputs = try fields.required(.inputs, .list(of: .model()))
    }
}
