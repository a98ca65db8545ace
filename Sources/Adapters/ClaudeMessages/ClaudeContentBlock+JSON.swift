import JSON

extension ClaudeContentBlock {
    /// The block as it is sent.
    var json: JSONObject {
        var members = content.json
        if let cacheControl { members["cache_control"] = cacheControl.json }
        return members
    }

    /// The wire name of the block's type.
    var type: String {
        switch content {
        case .text: "text"
        case .image: "image"
        case .document: "document"
        case .toolUse: "tool_use"
        case .toolResult: "tool_result"
        case .replayed(let members): members["type"]?.stringValue ?? ""
        }
    }

    var isThinking: Bool { type == "thinking" || type == "redacted_thinking" }

    /// The text of a text block.
    var text: String? {
        switch content {
        case .text(let text): text
        case .replayed(let members) where type == "text": members["text"]?.stringValue
        default: nil
        }
    }

    /// The name of the tool that a call is for, which the client has to answer.
    var toolUseName: String? {
        switch content {
        case .toolUse(_, let name, _): name
        case .replayed(let members) where type == "tool_use": members["name"]?.stringValue
        default: nil
        }
    }

    var isFile: Bool {
        switch content {
        case .image, .document: true
        default: false
        }
    }
}

extension ClaudeContentBlock: ToolBlock {
    var toolUseID: String? {
        switch content {
        case .toolUse(let id, _, _): id
        case .replayed(let members) where type == "tool_use": members["id"]?.stringValue
        default: nil
        }
    }

    var answeredToolUseID: String? {
        if case .toolResult(let id, _, _) = content { id } else { nil }
    }

    static func failedResult(ofCall id: String, _ text: String) -> Self {
        Self(.toolResult(toolUseID: id, content: [.text(text)], isError: true))
    }

    mutating func rename(call id: String) {
        switch content {
        case .toolUse(_, let name, let input): content = .toolUse(id: id, name: name, input: input)
        case .toolResult(_, let parts, let isError):
            content = .toolResult(toolUseID: id, content: parts, isError: isError)
        case .replayed(var members):
            members["id"] = .string(id)
            content = .replayed(members)
        case .text, .image, .document: return
        }
    }
}

extension ClaudeContentBlock.Content {
    fileprivate var json: JSONObject {
        switch self {
        case .text(let text):
            return ["type": "text", "text": .string(text)]
        case .image(let image):
            return [
                "type": "image",
                "source": ["type": "base64", "media_type": .string(image.mediaType), "data": .string(image.base64)],
            ]
        case .document(let document):
            return [
                "type": "document", "source": document.source.json, "citations": ["enabled": .bool(document.citations)],
            ]
        case .toolUse(let id, let name, let input):
            return ["type": "tool_use", "id": .string(id), "name": .string(name), "input": .object(input)]
        case .toolResult(let id, let content, let isError):
            var members: JSONObject = [
                "type": "tool_result", "tool_use_id": .string(id), "content": .array(content.map { .object($0.json) }),
            ]
            if isError { members.append("is_error", true) }
            return members
        case .replayed(let members):
            return members
        }
    }
}

extension ClaudeDocument.Source {
    fileprivate var json: JSON {
        switch self {
        case .pdf(let base64): ["type": "base64", "media_type": "application/pdf", "data": .string(base64)]
        case .text(let text): ["type": "text", "media_type": "text/plain", "data": .string(text)]
        }
    }
}
