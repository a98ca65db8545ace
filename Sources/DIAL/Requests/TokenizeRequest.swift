import JSON

/// What to count the tokens of. Source: DIAL API, tokenize.
public struct TokenizeRequest: Sendable {
    /// One output each, in this order; may be empty.
    public var inputs: [Input]

    /// `type` on the wire; where it is left out the type of `value` decides.
    public enum Input: Sendable {
        /// Tokens of a prompt: messages and, where the model has them, tools.
        case request(ChatCompletionRequest)
        /// Tokens of a completion.
        case text(String)
    }

    /// Whether a prompt has attachments or images.
    public var hasFiles: Bool {
        inputs.contains { if case .request(let request) = $0 { request.hasFiles } else { false } }
    }

    /// - Throws: 400, as `ChatCompletionRequest` does.
    public init(decoding body: JSON, ignoringUnknownFields: Bool = false) throws(DIALError) {
        self = try RequestDecoder.decode(body, ignoringUnknownFields: ignoringUnknownFields)
    }
}

extension TokenizeRequest: RequestModel {
    enum Field: String {
        case inputs
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        let input = Rule<Input>.union(
            "TokenizeInputRequest",
            Rule<TokenizeInputRequest>.model().map { .request($0.value) },
            Rule<TokenizeInputString>.model().map { .text($0.value) }
        )
        inputs = try fields.required(.inputs, .list(of: input))
    }
}

// `type` may be left out: the value tells which of the two it is.

private struct TokenizeInputRequest: RequestModel {
    enum Field: String {
        case type, value
    }

    static var toleratesUnknownFields: Bool { true }

    let value: ChatCompletionRequest

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.value(.type, .literal("request"), default: "request")
        value = try fields.required(.value, .model())
    }
}

private struct TokenizeInputString: RequestModel {
    enum Field: String {
        case type, value
    }

    static var toleratesUnknownFields: Bool { true }

    let value: String

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.value(.type, .literal("string"), default: "string")
        value = try fields.required(.value, .string)
    }
}
