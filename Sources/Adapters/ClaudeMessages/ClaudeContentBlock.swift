import DIAL
import JSON

/// A content block of a message or of the system prompt.
///
/// Source: Anthropic API reference "Messages": content block.
struct ClaudeContentBlock: Sendable {
    enum Content: Sendable {
        case text(String)
        case image(ClaudeImage)
        case document(ClaudeDocument)
        case toolUse(id: String, name: String, input: JSONObject)
        case toolResult(toolUseID: String, content: [ClaudeContentBlock], isError: Bool)
        /// A block of an earlier answer, as the model wrote it.
        case replayed(JSONObject)
    }

    var content: Content
    var cacheControl: ClaudeCacheControl?

    init(_ content: Content, cacheControl: ClaudeCacheControl? = nil) {
        self.content = content
        self.cacheControl = cacheControl
    }

    static func text(_ text: String) -> ClaudeContentBlock { ClaudeContentBlock(.text(text)) }
}

struct ClaudeImage: Sendable {
    var mediaType: String
    var base64: String
    /// In pixels; nil when the header of the file cannot be read.
    var size: ImageSize?
}

struct ClaudeDocument: Sendable {
    enum Source: Sendable {
        case pdf(base64: String)
        case text(String)
    }

    var source: Source
    var citations: Bool
    /// Where the document came from, for citations; nil for one that was no attachment.
    var attachment: Attachment?
}

/// A mark after which the prompt is cached. Source: Anthropic API reference "Prompt caching".
struct ClaudeCacheControl: Sendable, Equatable {
    /// `5m` or `1h`; nil stands for five minutes.
    var timeToLive: String?

    var isLong: Bool { timeToLive?.hasSameBytes(as: "1h") == true }

    var json: JSON {
        var members: JSONObject = ["type": "ephemeral"]
        if let timeToLive { members.append("ttl", .string(timeToLive)) }
        return .object(members)
    }
}

extension ClaudeCacheControl {
    init?(_ breakpoint: CacheBreakpoint?) {
        guard let breakpoint else { return nil }
        timeToLive = breakpoint.ttl
    }
}
