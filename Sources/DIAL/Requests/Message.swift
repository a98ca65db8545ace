import JSON

/// One message of a conversation. Which fields make sense for which role is checked apart from decoding.
///
/// Source: DIAL API, message.
public struct Message: Sendable {
    public var role: Role
    public var content: Content?
    public var customContent: CustomContent?
    public var customFields: CustomFields?
    public var name: String?
    public var toolCalls: [ToolCall]?
    public var toolCallID: String?
    /// The legacy form of `toolCalls`.
    public var functionCall: FunctionCall?
    public var refusal: String?
    public var reasoningContent: String?

    public enum Role: String, Sendable, CaseIterable {
        case system, developer, user, assistant, function, tool
    }

    public enum Content: Sendable {
        case text(String)
        case parts([ContentPart])
    }

    public struct CustomFields: Sendable {
        public var cacheBreakpoint: CacheBreakpoint?

        public init(cacheBreakpoint: CacheBreakpoint? = nil) {
            self.cacheBreakpoint = cacheBreakpoint
        }
    }

    public init(
        role: Role,
        content: Content? = nil,
        customContent: CustomContent? = nil,
        customFields: CustomFields? = nil,
        name: String? = nil,
        toolCalls: [ToolCall]? = nil,
        toolCallID: String? = nil,
        functionCall: FunctionCall? = nil
    ) {
        self.role = role
        self.content = content
        self.customContent = customContent
        self.customFields = customFields
        self.name = name
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
        self.functionCall = functionCall
    }
}

extension Message {
    /// The prompt up to and including this message is to be cached.
    public var cacheBreakpoint: CacheBreakpoint? { customFields?.cacheBreakpoint }

    /// The message's own attachments; none of its stages'.
    public var attachments: [Attachment] { customContent?.attachments ?? [] }
}

extension Message: RequestModel {
    enum Field: String {
        case role, content
        case customContent = "custom_content"
        case customFields = "custom_fields"
        case name
        case toolCalls = "tool_calls"
        case toolCallID = "tool_call_id"
        case functionCall = "function_call"
        case refusal
        case reasoningContent = "reasoning_content"
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        role = try fields.required(.role, .enumeration())
        content = try fields.optional(
            .content,
            .union("str", Rule<String>.string.map(Content.text), Rule.list(of: .contentPart).map(Content.parts))
        )
        customContent = try fields.optional(.customContent, .model())
        customFields = try fields.optional(.customFields, .model())
        name = try fields.optional(.name, .string)
        toolCalls = try fields.optional(.toolCalls, .list(of: .model()))
        toolCallID = try fields.optional(.toolCallID, .string)
        functionCall = try fields.optional(.functionCall, .model())
        refusal = try fields.optional(.refusal, .string)
        reasoningContent = try fields.optional(.reasoningContent, .string)
    }
}

extension Message.CustomFields: RequestModel {
    enum Field: String {
        case cacheBreakpoint = "cache_breakpoint"
    }

    static var modelName: String { "MessageCustomFields" }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        cacheBreakpoint = try fields.optional(.cacheBreakpoint, .model())
    }
}
