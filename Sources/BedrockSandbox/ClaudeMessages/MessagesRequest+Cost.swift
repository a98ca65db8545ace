extension MessagesRequest {
    /// The request as caching compares it: tools, system, messages, with a point behind each mark.
    var parts: [PromptCache.Part] {
        var parts: [PromptCache.Part] = []
        for tool in tools {
            parts.append(.json(tool.json, tokens: TokenCount.value(tool.json)))
            if let mark = tool.mark { parts.append(.point(isLong: mark.isLong)) }
        }
        for block in system { parts += Self.parts(block) }
        for message in messages {
            parts.append(.text(message.role))
            for block in message.blocks { parts += Self.parts(block) }
        }
        if let mark { parts.append(.point(isLong: mark.isLong)) }
        return parts
    }

    private static func parts(_ block: Block) -> [PromptCache.Part] {
        let count = PromptCache.Part.json(block.json, tokens: tokens(block.content))
        guard let mark = block.mark else { return [count] }
        return [count, .point(isLong: mark.isLong)]
    }

    /// Thinking of earlier answers costs nothing: the service leaves it out.
    private static func tokens(_ content: Content) -> Int {
        switch content {
        case .text(let text): TokenCount.text(text)
        case .image: TokenCount.image
        case .document(let document): TokenCount.document(bytes: document.byteCount)
        case .toolUse(_, let name): TokenCount.text(name) + 1
        case .toolResult(let result): 1 + result.content.reduce(0) { $0 + tokens($1.content) }
        case .thinking, .redactedThinking: 0
        }
    }
}
