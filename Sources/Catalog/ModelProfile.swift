/// Everything the adapter knows about one model, as data: a new model is a new row of ``ModelTable``.
///
/// Source: the adapter's table of deployments, AWS "Supported models and model features".
public struct ModelProfile: Sendable, Hashable, Identifiable {
    /// Which endpoint the model serves.
    public enum Kind: String, Sendable { case chat, embeddings }

    /// The model id without a geographic prefix, which is also its deployment name.
    public let id: String
    public let kind: Kind
    public let family: ModelFamily
    /// Who made the model, as the id spells it.
    public var vendor: String { String(id.prefix { $0 != "." }) }
    /// Image types accepted as input, in the order errors name them; empty when the model sees no images.
    public var images: [ImageFormat] = []
    /// The largest image in bytes, where the vendor's limit is known and the same everywhere.
    public var imageByteLimit: Int?
    /// Document types accepted as input, in the order errors name them.
    public var documents: [DocumentFormat] = []
    /// Whether Anthropic Messages takes PDF and text documents for this model.
    public var documentBlocks = false
    /// Whether the model makes images instead of text.
    public var producesImages = false
    /// Image models: whether `cfg_scale` is one of the request's fields.
    public var takesCfgScale = false
    public var tools: ToolSupport = .unsupported
    /// Choices that are sent; others become `auto`.
    public var toolChoice: Set<ToolChoiceVariant> = []
    /// How the model answers in a form on Converse.
    public var structuredOutput: StructuredOutput = .unsupported
    /// Whether a tool's name may have `-`, besides ASCII letters, digits and `_`.
    public var toolNamesAllowHyphen = true
    public var callIDs: CallIDRule = .any
    public var toolSchema: ToolSchemaSupport = .any
    /// Whether tool results and other content may share a user turn.
    public var toolResultsShareTurn = true
    /// Models that reject a tool without description get one space instead.
    public var toolsNeedDescription = false
    /// Tokens the vendor adds to the prompt when tools are declared.
    public var toolPromptTokens: ToolPromptTokens?
    /// Where Converse takes cache points for the model.
    public var cachePoints: CachePointSupport = .none
    /// For text completion models; the others have ways of their own to count.
    public var tokenizer: TokenizerKind = .bytes
    public var thinking: ThinkingDialect = .unsupported
    /// Whether the model can be asked to think between calls too, which lets the budget span several answers.
    public var interleavesThinking = false
    public var sampling: SamplingRule = .all
    /// Whether the model takes stop sequences; where not, its answer is cut here.
    public var stopSequences = true
    /// Whether the model knows a system prompt; where not, the user's first turn begins with it.
    public var systemPrompt = true
    /// Whether the last turn may be an assistant turn that the model continues.
    public var prefill = false
    /// What is sent when the request has no `max_tokens`; nil: `CLAUDE_DEFAULT_MAX_TOKENS` where the API wants a number, else
    /// nothing. Not for Claude's Messages.
    public var defaultMaxTokens: Int?
    /// Whether `GET …/configuration` answers with a schema.
    public var configurable = false
    /// Embeddings: whether the length of the vectors can be chosen.
    public var takesDimensions = false
    /// Whether `tokenize` is offered; where it is not, the answer is 404.
    public var tokenize = true
    /// Whether `truncate_prompt` is offered; where it is not, the answer is 404.
    public var truncatePrompt = true
    /// Geographic prefixes for which AWS is known to list a cross-region inference profile. Informative: a deployment
    /// with any prefix is accepted, AWS decides; of embeddings only where there are some.
    public var knownPrefixes: [String] = []
}

/// The family decides the adapter, and its dialect where it has several.
public enum ModelFamily: String, Sendable, Hashable, CaseIterable {
    /// Claude 3 and later: Anthropic Messages, or Converse when the configuration asks for it.
    case claude
    /// Claude 2.x and Instant: text completion with InvokeModel.
    case claudeText
    /// Every other model that Converse takes; what each can do is in its profile.
    case converse
    case titanText, command
    /// SDXL: the first request format of Stability AI.
    case stableDiffusionXL
    /// SD3 and later, Stable Image.
    case stableImage
    case titanTextEmbeddings, titanImageEmbeddings, cohereEmbeddings
}

/// How tools work on a model.
public enum ToolSupport: String, Sendable, Hashable {
    case unsupported
    /// Natively, in both modes.
    case streaming
    /// Natively, but not while streaming: the block answer is replayed as a stream.
    case emulatedStreaming
    /// By the vendor's prompt (Claude 2.1).
    case prompted
}

/// How Converse has a model answer in the form of a JSON Schema.
public enum StructuredOutput: String, Sendable, Hashable {
    case unsupported
    /// By a call that it has to make, whose input has the schema.
    case call
    /// With `outputConfig.textFormat`.
    case textFormat
}

/// How the ids of tool calls are spelled.
public enum CallIDRule: String, Sendable, Hashable {
    case any
    /// Exactly nine letters and digits (Mistral).
    case nineCharacters
}

/// What may stand at the root of a tool's schema besides `type`, `properties` and `required`.
public enum ToolSchemaSupport: String, Sendable, Hashable {
    case any
    /// Anything but `anyOf`, `oneOf` and `allOf` (Claude).
    case withoutChoices
    /// Nothing (Nova).
    case plain
}

/// Source: AWS user guide "Prompt caching".
public enum CachePointSupport: String, Sendable, Hashable {
    case none
    /// In the system prompt and in messages, but not right behind a file (Nova).
    case conversation
    /// Behind tools too, but not right behind a document other than PDF: Claude's form of a text has no place for it.
    case everywhereButText
}

/// Named as the members of Converse's `toolChoice`.
public enum ToolChoiceVariant: String, Sendable, Hashable, CaseIterable { case auto, any, tool }

/// Tokens that declared tools cost. Source: Anthropic API reference "Tool use: pricing".
public struct ToolPromptTokens: Sendable, Hashable {
    /// With tool choice auto or none.
    public let auto: Int
    /// With a required or a named tool.
    public let forced: Int
}

/// How the tokens of a text are counted without asking the service.
public enum TokenizerKind: String, Sendable, Hashable {
    /// One token per UTF-8 byte: a deliberate over-estimate for vendors that keep their tokenizer secret.
    case bytes
    /// Claude 2's public byte-pair encoding.
    case claude2
}

/// How thinking is asked for.
public enum ThinkingDialect: String, Sendable, Hashable {
    case unsupported
    /// `{"type": "enabled", "budget_tokens": n}`
    case budget
    /// `{"type": "adaptive"}`, or a budget
    case adaptive
    /// `{"type": "adaptive"}` alone: a budget is refused.
    case adaptiveOnly
    /// The model always reasons and there is nothing to configure.
    case always
    /// `"reasoning_effort": "low"` among the fields of the model's own (gpt-oss).
    case reasoningEffort
    /// `"reasoning": {"effort": "low"}` among them (GPT, Grok, Kimi K3).
    case reasoning
    /// `"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}` among them (Nova 2).
    case reasoningConfig
}

/// Which sampling parameters a model takes.
public enum SamplingRule: String, Sendable, Hashable {
    case all
    /// Either `temperature` or `top_p`, never both.
    case temperatureOrTopP
    case unsupported
}

/// An image type by the name Converse gives it.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case png, jpeg, gif, webp

    public var mediaType: String { "image/\(rawValue)" }
}

/// A document type by the name Converse gives it.
public enum DocumentFormat: String, Sendable, Hashable, CaseIterable {
    case pdf, csv, doc, docx, xls, xlsx, txt, md

    public var mediaType: String {
        switch self {
        case .pdf: "application/pdf"
        case .csv: "application/csv"
        case .doc: "application/msword"
        case .docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        case .xls: "application/vnd.ms-excel"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .txt: "text/plain"
        case .md: "text/markdown"
        }
    }
}
