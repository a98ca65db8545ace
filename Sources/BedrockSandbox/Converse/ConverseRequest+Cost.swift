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
            return .json(json, tokens: tokens(block))
        }
    }

    private static func tokens(_ block: Block) -> Int {
        switch block {
        case .text(let text): TokenCount.text(text)
        case .image: TokenCount.image
        case .document(let document): TokenCount.document(bytes: document.byteCount)
        case .toolUse(let use): TokenCount.text(use.name) + TokenCount.value(use.input)
        case .toolResult(let result): 1 + result.content.reduce(0) { $0 + TokenCount.value($1) }
        case .cachePoint, .reasoning, .other: 0
        }
    }
}
