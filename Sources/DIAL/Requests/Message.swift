import JSON

/// One message of a conversation. Which fields make sense for which role is checked apart from decoding.
///
/// Source: DIAL API, message.
public struct Message: Sendable {
    public var role: Role
    /// Nil where only calls were made; the list of parts may be empty.
    public var content: Content?
    public var customContent: CustomContent?
    /// Holds nothing but the cache breakpoint.
    public var customFields: CustomFields?
    /// The function that a `function` message answers for.
    public var name: String?
    /// Calls of an assistant message, in the order in which the model made them.
    public var toolCalls: [ToolCall]?
    /// The call that a `tool` message answers.
    public var toolCallID: String?
    /// The legacy form of `toolCalls`.
    public var functionCall: FunctionCall?

    /// `developer` is another word for `system`; `function` is the legacy form of `tool`.
    public enum Role: String, Sendable, CaseIterable {
        case system, developer, user, assistant, function, tool
    }

    /// On the wire a string, or an array of parts.
    public enum Content: Sendable {
        case text(String)
        case parts([ContentPart])
    }

    /// Source: DIAL API, message, `custom_fields`.
    public struct CustomFields: Sendable {
        public var cacheBreakpoint: CacheBreakpoint?
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
        try fields.check(.refusal, Rule<String>.string)
        // Models get their own thinking back by the state.
        try fields.check(.reasoningContent, Rule<String>.string)
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
