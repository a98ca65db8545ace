import JSON

extension ConverseRequest {
    /// The request as caching compares it.
    var parts: [PromptCache.Part] {
        var parts: [PromptCache.Part] = []
        for (tool, json) in zip(tools ?? [], json["toolConfig"]?["tools"]?.arrayValue ?? []) {
            if case .cachePoint(let time) = tool {
                parts.append(.point(isLong: time == "1h"))
            } else {
                parts.append(.json(json, tokens: TokenCount.value(json)))
            }
        }
        parts += Self.parts(system, json["system"])
        for (message, json) in zip(messages, json["messages"]?.arrayValue ?? []) {
            parts.append(.text(message.isUser ? "user" : "assistant"))
            parts += Self.parts(message.blocks, json["content"])
        }
        return parts
    }

    private static func parts(_ blocks: [Block], _ json: JSON?) -> [PromptCache.Part] {
        zip(blocks, json?.arrayValue ?? []).map { block, json in
            if case .cachePoint(let time) = block { return .point(isLong: time == "1h") }
            return .json(json, tokens: TokenCount.block(block))
        }
    }
}
