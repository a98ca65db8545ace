import DIAL
import JSON
import Tokenization

/// The approximate count: bytes for tokens, with what the vendor publishes of images and tools.
///
/// Source: the adapter's table of deployments; Anthropic API reference "Vision: calculate image costs", "Tool use: pricing".
extension ClaudePrompt {
    /// System prompt and tools, which are always sent.
    var fixedTokenCount: Int {
        system.reduce(0) { $0 + Self.tokens(in: $1) } + toolTokens
    }

    private var toolTokens: Int {
        guard !tools.definitions.isEmpty else { return 0 }
        let prompt = profile.toolPromptTokens.map { tools.choice?.isForced == true ? $0.forced : $0.auto } ?? 0
        return tools.definitions.reduce(prompt) { $0 + ByteEstimate.bytes(of: .object($1.json)) }
    }

    private static let tokensPerMessage = 5

    static func tokenCount(of turn: Turn) -> Int {
        turn.blocks.reduce(tokensPerMessage) { $0 + tokens(in: $1) }
    }

    private static func tokens(in block: ClaudeContentBlock) -> Int {
        switch block.content {
        case .text(let text):
            return ByteEstimate.tokens(in: text)
        case .image(let image):
            let size = image.size ?? ImageSize(width: 1000, height: 1000)
            let (pixels, overflow) = size.width.multipliedReportingOverflow(by: size.height)
            return overflow ? Int(Int32.max) : (pixels / 750) + (pixels % 750 == 0 ? 0 : 1)
        case .document:
            return ByteEstimate.bytes(of: .object(block.json))
        case .toolUse(let id, let name, let input):
            return tokens(ofCall: id, name, .object(input))
        case .toolResult(let id, let content, _):
            return content.reduce(ByteEstimate.tokens(in: id)) { $0 + tokens(in: $1) }
        case .replayed(let members):
            return tokens(inReplayed: members)
        }
    }

    private static func tokens(inReplayed members: JSONObject) -> Int {
        func text(_ key: String) -> String { members[key]?.stringValue ?? "" }
        switch text("type") {
        case "text": return ByteEstimate.tokens(in: text("text"))
        case "thinking": return ByteEstimate.tokens(in: text("thinking"))
        case "redacted_thinking": return ByteEstimate.tokens(in: text("data"))
        case "tool_use": return tokens(ofCall: text("id"), text("name"), members["input"] ?? [:])
        case "server_tool_use": return ByteEstimate.bytes(of: members["input"] ?? [:])
        case "web_search_tool_result": return ByteEstimate.bytes(of: members["content"] ?? [])
        case "document": return ByteEstimate.bytes(of: .object(members))
        default: return 0
        }
    }

    private static func tokens(ofCall id: String, _ name: String, _ input: JSON) -> Int {
        ByteEstimate.tokens(in: id) + 1 + ByteEstimate.tokens(in: name) + 1 + ByteEstimate.bytes(of: input)
    }
}
