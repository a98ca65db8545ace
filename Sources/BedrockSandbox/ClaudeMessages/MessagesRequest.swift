import JSON

/// A Messages request whose form has been checked, read into names.
struct MessagesRequest: Sendable {
    struct Message: Sendable {
        var role: String
        var blocks: [Block]

        var isUser: Bool { role == "user" }
    }

    struct Block: Sendable {
        var content: Content
        var mark: CacheMark?
        var json: JSON
    }

    struct CacheMark: Sendable {
        var isLong: Bool
    }

    struct Media: Sendable {
        /// `image/png`, `text/plain`, …; nil for a source that is none of base64 and text.
        var type: String?
        /// Base64, when the source is.
        var base64: String?
        /// Size of the bytes or the text.
        var byteCount: Int
        var sourceType: String
        var title: String?
    }

    struct ToolResult: Sendable {
        var id: String
        var content: [Block]
        var isError: Bool
    }

    enum Content: Sendable {
        case text(String)
        case image(Media)
        case document(Media)
        case toolUse(id: String, name: String)
        case toolResult(ToolResult)
        case thinking(String, signature: String)
        case redactedThinking(String)
    }

    struct Tool: Sendable {
        var name: String
        var schema: JSON
        var mark: CacheMark?
        var json: JSON
    }

    struct ToolChoice: Sendable {
        var type: String
        var name: String?

        var isForced: Bool { type == "any" || type == "tool" }
    }

    enum Thinking: Sendable, Equatable {
        case off, adaptive
        /// In tokens.
        case budget(Int)
    }

    var json: JSON
    var messages: [Message]
    var system: [Block]
    var tools: [Tool]
    var toolChoice: ToolChoice?
    var maximumTokens: Int?
    var thinking: Thinking
    /// Thinking is signed but not shown.
    var omitsThinking: Bool
    /// A mark on the request as a whole.
    var mark: CacheMark?
    var betas: [String]

    /// - Parameters:
    ///   - betas: of the header `anthropic-beta`.
    ///   - transport: Anthropic takes several turns of one role in a row for one.
    init(_ json: JSON, betas: [String], transport: MessagesTransport) {
        self.json = json
        self.betas = betas + (json["anthropic_beta"]?.arrayValue ?? []).compactMap(\.stringValue)
        messages = []
        for json in json["messages"]?.arrayValue ?? [] {
            let message = Message(role: json["role"]?.stringValue ?? "", blocks: Self.blocks(json["content"]))
            if !transport.isBedrock, let last = messages.last, last.role == message.role {
                messages[messages.count - 1].blocks += message.blocks
            } else {
                messages.append(message)
            }
        }
        system = Self.blocks(json["system"])
        tools = (json["tools"]?.arrayValue ?? []).map { tool in
            Tool(
                name: tool["name"]?.stringValue ?? "",
                schema: tool["input_schema"] ?? .null,
                mark: CacheMark(tool["cache_control"]),
                json: tool.withoutMark
            )
        }
        toolChoice = json["tool_choice"]?["type"]?.stringValue.map {
            ToolChoice(type: $0, name: json["tool_choice"]?["name"]?.stringValue)
        }
        maximumTokens = json["max_tokens"]?.intValue
        thinking = Thinking(json["thinking"])
        omitsThinking = json["thinking"]?["display"]?.stringValue == "omitted"
        mark = CacheMark(json["cache_control"])
    }

    fileprivate static func blocks(_ content: JSON?) -> [Block] {
        if let text = content?.stringValue {
            return [Block(content: .text(text), json: ["type": "text", "text": .string(text)])]
        }
        return (content?.arrayValue ?? []).compactMap(Block.init)
    }

    var stopSequences: [String] { (json["stop_sequences"]?.arrayValue ?? []).compactMap(\.stringValue) }

    /// The blocks of the last user turn.
    var lastUserBlocks: [Block] { messages.last { $0.isUser }?.blocks ?? [] }

    /// The text of the last user turn.
    var lastUserText: String {
        lastUserBlocks.compactMap { if case .text(let text) = $0.content { text } else { nil } }.joined(separator: "\n")
    }
}

extension MessagesRequest.Thinking {
    init(_ json: JSON?) {
        switch json?["type"]?.stringValue {
        case "enabled": self = .budget(json?["budget_tokens"]?.intValue ?? 0)
        case "adaptive": self = .adaptive
        default: self = .off
        }
    }
}

extension MessagesRequest.CacheMark {
    init?(_ json: JSON?) {
        guard case .object? = json else { return nil }
        self.init(isLong: json?["ttl"]?.stringValue == "1h")
    }
}

extension MessagesRequest.Block {
    init?(_ json: JSON) {
        guard let content = MessagesRequest.Content(json) else { return nil }
        self.init(content: content, mark: MessagesRequest.CacheMark(json["cache_control"]), json: json.withoutMark)
    }
}

extension MessagesRequest.Content {
    init?(_ json: JSON) {
        func text(_ name: String) -> String { json[name]?.stringValue ?? "" }
        switch json["type"]?.stringValue {
        case "text": self = .text(text("text"))
        case "image": self = .image(MessagesRequest.Media(json))
        case "document": self = .document(MessagesRequest.Media(json))
        case "tool_use": self = .toolUse(id: text("id"), name: text("name"))
        case "tool_result":
            self = .toolResult(
                MessagesRequest.ToolResult(
                    id: text("tool_use_id"),
                    content: MessagesRequest.blocks(json["content"]),
                    isError: json["is_error"]?.boolValue ?? false
                )
            )
        case "thinking": self = .thinking(text("thinking"), signature: text("signature"))
        case "redacted_thinking": self = .redactedThinking(text("data"))
        default: return nil
        }
    }
}

extension MessagesRequest.Content {
    /// As requests spell it.
    var type: String {
        switch self {
        case .text: "text"
        case .image: "image"
        case .document: "document"
        case .toolUse: "tool_use"
        case .toolResult: "tool_result"
        case .thinking: "thinking"
        case .redactedThinking: "redacted_thinking"
        }
    }
}

extension MessagesRequest.Media {
    init(_ json: JSON) {
        let source = json["source"]
        sourceType = source?["type"]?.stringValue ?? ""
        type = source?["media_type"]?.stringValue
        title = json["title"]?.stringValue
        let data = source?["data"]?.stringValue
        base64 = sourceType == "base64" ? data : nil
        byteCount = base64.flatMap(Base64.decodedCount) ?? data?.utf8.count ?? 0
    }
}

extension JSON {
    /// An object without its cache mark: a mark is no part of what is cached.
    fileprivate var withoutMark: JSON {
        guard case .object(var object) = self, object["cache_control"] != nil else { return self }
        object["cache_control"] = nil
        return .object(object)
    }
}
