import JSON

extension Question {
    init(_ request: ConverseRequest, model: SandboxModel) {
        self.init(json: request.json, text: request.lastUserText, messageCount: request.messages.count)
        toolResults = Self.toolResults(request)
        images = request.lastUserBlocks.compactMap { block in
            if case .image(let image) = block { "\(image.format ?? "?"), \(image.byteCount) bytes" } else { nil }
        }
        documents = request.lastUserBlocks.compactMap { block in
            if case .document(let document) = block {
                "\(document.name ?? ""), \(document.format ?? "text"), \(document.byteCount) bytes"
            } else {
                nil
            }
        }
        tools = request.tools?.compactMap { tool in
            if case .specification(let name, _, let schema) = tool { Tool(name: name, schema: schema) } else { nil }
        }
        toolChoice = request.toolChoice.map { ToolChoice(isForced: $0.kind != .auto, name: $0.name) }
        let thinking = request.additionalFields["thinking"] ?? request.additionalFields["reasoning_config"]
        let isAsked = ["enabled", "adaptive"].contains(thinking?["type"]?.stringValue)
        reasons =
            model.reasoning.isOnRequest && isAsked || model.ownFields.contains { request.additionalFields[$0] != nil }
        if let schema = json["outputConfig"]?["textFormat"]?["structure"]?["jsonSchema"]?["schema"]?.stringValue {
            outputSchema = try? JSON(parsing: schema)
        }
        stopSequences = request.stopSequences
        maximumTokens = request.maximumTokens
    }

    private static func toolResults(_ request: ConverseRequest) -> [ToolResult] {
        var names: [String: String] = [:]
        for message in request.messages {
            for case .toolUse(let use) in message.blocks { names[use.id] = use.name }
        }
        return request.lastUserBlocks.compactMap { block in
            guard case .toolResult(let result) = block else { return nil }
            let parts = result.content.map { part in
                part["text"]?.stringValue ?? part["json"]?.serializedString()
                    ?? "(\(part.objectValue?.keys.first ?? ""))"
            }
            return ToolResult(name: names[result.id] ?? result.id, isError: result.isError, parts: parts)
        }
    }
}
