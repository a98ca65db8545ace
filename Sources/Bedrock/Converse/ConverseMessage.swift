import JSON

/// One turn. Source: AWS API reference "Message".
public struct ConverseMessage: Sendable, Hashable {
    /// The system prompt stands apart from the turns, and results of tools belong to the user.
    public enum Role: String, Sendable, Hashable {
        case user, assistant
    }

    public var role: Role
    /// In order; results of tools come before what else the user says.
    public var content: [ConverseContentBlock]

    public init(role: Role, content: [ConverseContentBlock]) {
        self.role = role
        self.content = content
    }

    /// The wire form; `blob` is as for ``ConverseContentBlock/json(blob:)``.
    public func json(blob: ([UInt8]) -> JSON) -> JSON {
        ["role": .string(role.rawValue), "content": .array(content.map { $0.json(blob: blob) })]
    }
}

/// A piece of the system prompt. Source: AWS API reference "SystemContentBlock".
public enum ConverseSystemBlock: Sendable, Hashable {
    case text(String)
    case cachePoint(ConverseCachePoint)

    /// The wire form.
    public var json: JSON {
        switch self {
        case .text(let text): ["text": .string(text)]
        case .cachePoint(let point): point.json
        }
    }
}
