import JSON

/// What a request asks, whatever its protocol: as much as an answer depends on.
struct Question: Sendable {
    struct Tool: Sendable {
        var name: String
        var schema: JSON
    }

    struct ToolResult: Sendable {
        /// The name of the tool, or the id of a call that nobody made.
        var name: String
        var isError: Bool
        /// One text for each part of the result.
        var parts: [String]
    }

    struct ToolChoice: Sendable {
        var isForced: Bool
        /// The only tool to use.
        var name: String?
    }

    /// The whole request.
    var json: JSON
    /// The text of the last user turn.
    var text: String
    /// The results in the last user turn.
    var toolResults: [ToolResult] = []
    /// Images of the last user turn, told by format and size.
    var images: [String] = []
    var documents: [String] = []
    /// Nil when nothing may be called.
    var tools: [Tool]?
    var toolChoice: ToolChoice?
    /// At most one call an answer.
    var callsOnce = false
    var messageCount: Int
    /// Whether the request asks to reason first.
    var reasons = false
    /// Whether the reasoning is signed but not shown.
    var hidesReasoning = false
    /// The answer must be JSON of this schema.
    var outputSchema: JSON?
    var stopSequences: [String] = []
    var maximumTokens: Int?
}
