import JSON

/// A Converse request whose form has been checked, read into names.
struct ConverseRequest: Sendable {
    struct Message: Sendable {
        var isUser: Bool
        var blocks: [Block]
    }

    struct Media: Sendable {
        /// `png`, `pdf`, …; nil for a document without a format.
        var format: String?
        var name: String?
        /// Base64, when the source is bytes.
        var base64: String?
        /// Size of the bytes or the text.
        var byteCount: Int
        var isRemote: Bool
    }

    struct ToolUse: Sendable {
        var id: String
        var name: String
        var input: JSON
    }

    struct ToolResult: Sendable {
        var id: String
        var content: [JSON]
        var isError: Bool
    }

    enum Block: Sendable {
        case text(String)
        case image(Media)
        case document(Media)
        case toolUse(ToolUse)
        case toolResult(ToolResult)
        /// With its time to live, if given.
        case cachePoint(String?)
        case reasoning
        /// A member the sandbox knows of but does not read, by name.
        case other(String)
    }

    enum Tool: Sendable {
        case specification(name: String, description: String?, schema: JSON)
        case cachePoint(String?)
        case system
    }

    struct ToolChoice: Sendable {
        var kind: SandboxModel.ToolChoice
        /// The tool to use, for `tool`.
        var name: String?
    }

    struct Guardrail: Sendable {
        var identifier: String
        var isTraced: Bool
        var isAsynchronous: Bool
    }

    var json: JSON
    var isStreaming: Bool
    var messages: [Message]
    var system: [Block]
    var tools: [Tool]?
    var toolChoice: ToolChoice?
    var maximumTokens: Int?
    var temperature: Double?
    var topP: Double?
    var stopSequences: [String]
    var guardrail: Guardrail?
    var latency: String?
    var additionalFields: JSONObject
    var responseFieldPaths: [String]

    /// Reads a body that `ConverseShapes` found right.
    init(_ json: JSON, isStreaming: Bool) {
        self.json = json
        self.isStreaming = isStreaming
        messages = (json["messages"]?.arrayValue ?? []).map { message in
            Message(
                isUser: message["role"]?.stringValue == "user",
                blocks: (message["content"]?.arrayValue ?? []).map(Block.init)
            )
        }
        system = (json["system"]?.arrayValue ?? []).map(Block.init)
        tools = json["toolConfig"]?["tools"]?.arrayValue?.map(Tool.init)
        toolChoice = json["toolConfig"]?["toolChoice"].flatMap(ToolChoice.init)
        let inference = json["inferenceConfig"]
        maximumTokens = inference?["maxTokens"]?.intValue
        temperature = inference?["temperature"]?.doubleValue
        topP = inference?["topP"]?.doubleValue
        stopSequences = (inference?["stopSequences"]?.arrayValue ?? []).compactMap(\.stringValue)
        guardrail = json["guardrailConfig"].flatMap { Guardrail($0) }
        latency = json["performanceConfig"]?["latency"]?.stringValue
        additionalFields = json["additionalModelRequestFields"]?.objectValue ?? [:]
        responseFieldPaths =
            (json["additionalModelResponseFieldPaths"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The blocks of the last user turn.
    var lastUserBlocks: [Block] {
        messages.last { $0.isUser }?.blocks ?? []
    }

    /// The text blocks of the last user turn, one a line.
    var lastUserText: String {
        lastUserBlocks.compactMap { block in
            if case .text(let text) = block { text } else { nil }
        }.joined(separator: "\n")
    }
}

extension ConverseRequest.Block {
    init(_ json: JSON) {
        if let text = json["text"]?.stringValue {
            self = .text(text)
        } else if let image = json["image"] {
            self = .image(ConverseRequest.Media(image))
        } else if let document = json["document"] {
            self = .document(ConverseRequest.Media(document))
        } else if let use = json["toolUse"] {
            self = .toolUse(
                ConverseRequest.ToolUse(
                    id: use["toolUseId"]?.stringValue ?? "",
                    name: use["name"]?.stringValue ?? "",
                    input: use["input"] ?? .null
                )
            )
        } else if let result = json["toolResult"] {
            self = .toolResult(
                ConverseRequest.ToolResult(
                    id: result["toolUseId"]?.stringValue ?? "",
                    content: result["content"]?.arrayValue ?? [],
                    isError: result["status"]?.stringValue == "error"
                )
            )
        } else if let point = json["cachePoint"] {
            self = .cachePoint(point["ttl"]?.stringValue)
        } else if json["reasoningContent"] != nil {
            self = .reasoning
        } else {
            self = .other(json.objectValue?.keys.first ?? "")
        }
    }
}

extension ConverseRequest.Media {
    init(_ json: JSON) {
        let source = json["source"]
        format = json["format"]?.stringValue
        name = json["name"]?.stringValue
        base64 = source?["bytes"]?.stringValue
        isRemote = source?["s3Location"] != nil
        let text =
            source?["text"]?.stringValue
            ?? source?["content"]?.arrayValue.map { $0.compactMap { $0["text"]?.stringValue }.joined() }
        byteCount = base64.flatMap(Base64.decodedCount) ?? text?.utf8.count ?? 0
    }
}

extension ConverseRequest.Tool {
    init(_ json: JSON) {
        if let specification = json["toolSpec"] {
            self = .specification(
                name: specification["name"]?.stringValue ?? "",
                description: specification["description"]?.stringValue,
                schema: specification["inputSchema"]?["json"] ?? .null
            )
        } else if let point = json["cachePoint"] {
            self = .cachePoint(point["ttl"]?.stringValue)
        } else {
            self = .system
        }
    }
}

extension ConverseRequest.ToolChoice {
    init?(_ json: JSON) {
        if let tool = json["tool"] {
            self.init(kind: .tool, name: tool["name"]?.stringValue)
        } else if json["any"] != nil {
            self.init(kind: .any, name: nil)
        } else if json["auto"] != nil {
            self.init(kind: .auto, name: nil)
        } else {
            return nil
        }
    }
}

extension ConverseRequest.Guardrail {
    init?(_ json: JSON) {
        guard let identifier = json["guardrailIdentifier"]?.stringValue, !identifier.isEmpty else { return nil }
        self.init(
            identifier: identifier.split(separator: "/").last.map(String.init) ?? identifier,
            isTraced: ["enabled", "enabled_full"].contains(json["trace"]?.stringValue),
            isAsynchronous: json["streamProcessingMode"]?.stringValue == "async"
        )
    }
}
