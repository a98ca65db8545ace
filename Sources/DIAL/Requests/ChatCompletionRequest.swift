import JSON

/// A chat completion request.
///
/// Numbers that are handed on keep the client's spelling; fields that no model takes are checked and not kept.
/// Source: DIAL API, chat completion request.
public struct ChatCompletionRequest: Sendable {
    /// In the order of the conversation; an empty list passes here and is refused by the deployment.
    public var messages: [Message]
    /// The legacy form of `tools`.
    public var functions: [FunctionDefinition]?
    /// The legacy form of `toolChoice`.
    public var functionCall: ToolChoice?
    /// In the client's order; may be empty. Together with `functions` it is refused with 422.
    public var tools: [Tool]?
    /// Nil means `auto`.
    public var toolChoice: ToolChoice?
    /// Whether the answer goes out as server-sent events; false where the request says nothing.
    public var stream: Bool
    /// 0…2.
    public var temperature: JSONNumber?
    /// 0…1.
    public var topP: JSONNumber?
    /// Number of choices, 1…128.
    public var n: Int?
    /// At most 4; a single string arrives as one element.
    public var stop: [String]?
    /// Tokens of the answer, above 0; nil leaves the limit to the deployment.
    public var maxTokens: Int?
    /// Of any sign; only image models take it.
    public var seed: Int?
    /// For models that reason on request, where the configuration says nothing of it; others ignore it.
    public var reasoningEffort: ReasoningEffort?
    /// `json_schema` is for models that can be made to answer in a form; everything else is without effect.
    public var responseFormat: ResponseFormat?
    /// Tokens the prompt may have before its oldest messages are dropped.
    public var maxPromptTokens: Int?
    public var customFields: CustomFields?
    /// Whether unknown fields are ignored: then what OpenAI's models take is sent in a way that the model takes.
    public let isOfOpenAIClient: Bool
    /// OpenAI's clients look for the usage that they asked for in a chunk of its own.
    public let streamForm: ChatResponse.StreamForm

    /// The values of `reasoning_effort`, least first.
    public enum ReasoningEffort: String, Sendable, CaseIterable {
        case disabled = "none"
        case minimal, low, medium, high
    }

    /// DIAL's own additions to a request.
    public struct CustomFields: Sendable {
        /// What the deployment's configuration schema describes.
        public var configuration: JSONObject?
        /// For the prompt as a whole; Converse knows no such thing and refuses it with 422.
        public var cacheBreakpoint: CacheBreakpoint?
    }

    /// - Throws: 400 with the first violation of the structure, or with the first unknown field unless these are ignored.
    public init(decoding body: JSON, ignoringUnknownFields: Bool = false) throws(DIALError) {
        self = try RequestDecoder.decode(body, ignoringUnknownFields: ignoringUnknownFields)
    }
}

extension ChatCompletionRequest {
    /// Number of choices asked for.
    public var choiceCount: Int { n ?? 1 }

    /// Whether messages have attachments or images, which may be links to files.
    public var hasFiles: Bool {
        messages.contains { message in
            if !message.attachments.isEmpty { return true }
            guard case .parts(let parts) = message.content else { return false }
            return parts.contains { $0.text == nil }
        }
    }

    /// The configuration of the deployment, if the request brings one.
    public var configuration: JSONObject? { customFields?.configuration }
}

extension ChatCompletionRequest: RequestModel {
    enum Field: String {
        case model, messages, functions
        case functionCall = "function_call"
        case tools
        case toolChoice = "tool_choice"
        case stream
        case streamOptions = "stream_options"
        case temperature
        case topP = "top_p"
        case n, stop
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
        case presencePenalty = "presence_penalty"
        case frequencyPenalty = "frequency_penalty"
        case logitBias = "logit_bias"
        case user, seed, logprobs
        case topLogprobs = "top_logprobs"
        case reasoningEffort = "reasoning_effort"
        case responseFormat = "response_format"
        case parallelToolCalls = "parallel_tool_calls"
        case promptCacheKey = "prompt_cache_key"
        case promptCacheOptions = "prompt_cache_options"
        case maxPromptTokens = "max_prompt_tokens"
        case customFields = "custom_fields"
    }

    init(_ given: RequestFields<Field>) throws(DIALError) {
        isOfOpenAIClient = given.decoder.ignoresUnknownFields
        let usageApart = given.object["stream_options"]?["include_usage"] == true
        streamForm = isOfOpenAIClient ? .openAI(usageApart: usageApart) : .dial
        let object = isOfOpenAIClient ? OpenAIForms.rewritten(given.object) : given.object
        let fields = RequestFields<Field>(object: object, decoder: given.decoder)
        try fields.check(.model, Rule<String>.string)
        messages = try fields.required(.messages, .list(of: .model()))
        try messages.checkEmbeddedJSON()
        functions = try fields.optional(.functions, .list(of: .model()))
        functionCall = try fields.optional(.functionCall, .functionCall)
        tools = try fields.optional(.tools, .list(of: .tool))
        toolChoice = try fields.optional(.toolChoice, .toolChoice)
        stream = try fields.value(.stream, .boolean, default: false)
        try fields.check(.streamOptions, Rule<StreamOptions>.model())
        temperature = try fields.optional(.temperature, .number(0...2))
        topP = try fields.optional(.topP, .number(0...1))
        n = try fields.optional(.n, .integer(1...128))
        stop = try fields.optional(.stop, .stop)
        maxTokens = try fields.optional(.maxTokens, .positiveInteger)
        try fields.check(.maxCompletionTokens, Rule<Int>.positiveInteger)
        try fields.check(.presencePenalty, Rule<JSONNumber>.number(-2...2))
        try fields.check(.frequencyPenalty, Rule<JSONNumber>.number(-2...2))
        try fields.check(.logitBias, Rule<JSONObject>.logitBias)
        try fields.check(.user, Rule<String>.string)
        seed = try fields.optional(.seed, .strictInteger)
        try fields.check(.logprobs, Rule<Bool>.strictBoolean)
        try fields.check(.topLogprobs, Rule<Int>.strictInteger)
        reasoningEffort = try fields.optional(.reasoningEffort, .enumeration())
        responseFormat = try fields.optional(.responseFormat, .responseFormat)
        try fields.check(.parallelToolCalls, Rule<Bool>.strictBoolean)
        try fields.check(.promptCacheKey, Rule<String>.string)
        try fields.check(.promptCacheOptions, Rule<PromptCacheOptions>.model())
        maxPromptTokens = try fields.optional(.maxPromptTokens, .positiveInteger)
        customFields = try fields.optional(.customFields, .model())
    }
}

extension Rule<[String]> {
    /// A string, or at most four of them.
    fileprivate static var stop: Rule {
        let several = Rule { value throws(DIALError) in
            let stops = try Rule.list(of: .string).decode(value)
            guard stops.count <= 4 else { throw value.violation("List should have at most 4 items") }
            return stops
        }
        return .union("str", Rule<String>.string.map { [$0] }, several)
    }
}

extension ChatCompletionRequest.CustomFields: RequestModel {
    enum Field: String {
        case configuration
        case cacheBreakpoint = "cache_breakpoint"
    }

    static var modelName: String { "ChatCompletionRequestCustomFields" }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        configuration = try fields.optional(.configuration, .dictionary)
        cacheBreakpoint = try fields.optional(.cacheBreakpoint, .model())
    }
}

private struct StreamOptions: RequestModel {
    enum Field: String {
        case includeUsage = "include_usage"
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.includeUsage, .nullable(.boolean))
    }
}

private struct PromptCacheOptions: RequestModel {
    enum Field: String {
        case mode, ttl
    }

    enum Mode: String, CaseIterable {
        case implicit, explicit
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        try fields.check(.mode, Rule<Mode>.enumeration())
        try fields.check(.ttl, Rule<String>.union("literal['30m']", .literal("30m"), .string))
    }
}
