import JSON

extension Question {
    init(_ request: MessagesRequest, model: SandboxModel) {
        self.init(json: request.json, text: request.lastUserText, messageCount: request.messages.count)
        let last = request.lastUserBlocks
        toolResults = Self.toolResults(last, in: request)
        images = last.compactMap { if case .image(let image) = $0.content { image.image } else { nil } }
        documents = last.compactMap { if case .document(let document) = $0.content { document.document } else { nil } }
        if !request.tools.isEmpty, request.toolChoice?.type != "none" {
            tools = request.tools.map { Tool(name: $0.name, schema: $0.schema) }
        }
        toolChoice = request.toolChoice.map { ToolChoice(isForced: $0.isForced, name: $0.name) }
        callsOnce = request.json["tool_choice"]?["disable_parallel_tool_use"]?.boolValue ?? false
        // Thinking comes before the first call; between calls it needs a beta.
        reasons = request.thinking != .off && (toolResults.isEmpty || request.interleaves(model))
        hidesReasoning = request.omitsThinking
        if let format = request.json["output_config"]?["format"], !format.isNull { outputSchema = format["schema"] }
        stopSequences = request.stopSequences
        maximumTokens = request.maximumTokens
    }

    private static func toolResults(_ blocks: [MessagesRequest.Block], in request: MessagesRequest) -> [ToolResult] {
        var names: [String: String] = [:]
        for message in request.messages {
            for block in message.blocks {
                if case .toolUse(let id, let name) = block.content { names[id] = name }
            }
        }
        return blocks.compactMap { block in
            guard case .toolResult(let result) = block.content else { return nil }
            let parts = result.content.map { part in
                switch part.content {
                case .text(let text): text
                case .image(let image): "(\(image.image))"
                case .document(let document): "(\(document.document))"
                case .toolUse, .toolResult, .thinking, .redactedThinking: ""
                }
            }
            return ToolResult(name: names[result.id] ?? result.id, isError: result.isError, parts: parts)
        }
    }
}

extension MessagesRequest.Media {
    fileprivate var image: String { "\(type.map { $0.dropFirst("image/".count) } ?? "?"), \(byteCount) bytes" }

    fileprivate var document: String {
        let format = type == "application/pdf" ? "pdf" : "text"
        return [title, format, "\(byteCount) bytes"].compactMap { $0 }.joined(separator: ", ")
    }
}
