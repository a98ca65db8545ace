import JSON

/// A block of a message's content; only those the adapter sends.
///
/// Source: AWS API reference "ContentBlock".
public enum ConverseContentBlock: Sendable, Hashable {
    case text(String)
    case image(format: String, bytes: [UInt8])
    /// - name: unique in the request.
    case document(format: String, name: String, bytes: [UInt8])
    case toolUse(id: String, name: String, input: JSONObject)
    case toolResult(ConverseToolResult)
    case cachePoint(ConverseCachePoint)

    /// The wire form.
    /// - Parameter blob: how binary data are written; base64 on the wire.
    public func json(blob: ([UInt8]) -> JSON) -> JSON {
        switch self {
        case .text(let text):
            ["text": .string(text)]
        case .image(let format, let bytes):
            ["image": ["format": .string(format), "source": ["bytes": blob(bytes)]]]
        case .document(let format, let name, let bytes):
            ["document": ["format": .string(format), "name": .string(name), "source": ["bytes": blob(bytes)]]]
        case .toolUse(let id, let name, let input):
            ["toolUse": ["toolUseId": .string(id), "name": .string(name), "input": .object(input)]]
        case .toolResult(let result):
            result.json
        case .cachePoint(let point):
            point.json
        }
    }
}

/// What a tool answered. Source: AWS API reference "ToolResultBlock".
public struct ConverseToolResult: Sendable, Hashable {
    /// The one piece of content that the adapter sends for a result.
    public enum Content: Sendable, Hashable {
        case text(String)
        /// The service takes objects only.
        case json(JSONObject)
    }

    /// `toolUseId` of the call in the turn before: `[a-zA-Z0-9_.:-]{1,64}`, not checked here.
    public var toolUseID: String
    public var content: Content
    /// `status` on the wire: `error`, else `success`.
    public var isError: Bool

    /// The content as text.
    public var text: String {
        switch content {
        case .text(let text): text
        case .json(let object): JSON.object(object).serializedString()
        }
    }

    public init(toolUseID: String, content: Content, isError: Bool = false) {
        self.toolUseID = toolUseID
        self.content = content
        self.isError = isError
    }

    var json: JSON {
        let content: JSON =
            switch content {
            case .text(let text): ["text": .string(text)]
            case .json(let object): ["json": .object(object)]
            }
        return [
            "toolResult": [
                "toolUseId": .string(toolUseID), "content": [content], "status": isError ? "error" : "success",
            ]
        ]
    }
}
