import DIAL
import JSON

/// The model's own content blocks, which travel with the conversation so that signed thinking can be sent back exactly.
enum ClaudeState {
    static let key = "claude_message_content"

    enum Replay {
        /// The state is of someone else, or there is none.
        case absent
        case invalid
        case blocks([ClaudeContentBlock])
    }

    /// The state of an answer. Members of blocks, citations and results of server tools that are null say nothing and are left
    /// out; those inside a tool's input and inside members unknown here stay.
    static func state(of blocks: [JSONObject]) -> JSONObject {
        [key: .array(blocks.map { .object(withoutNulls($0)) })]
    }

    private static func withoutNulls(_ block: JSONObject) -> JSONObject {
        let isResult = block["type"]?.wordValue?.hasSuffix("_tool_result") == true
        return JSONObject(
            block.lazy.filter { !$0.value.isNull }.map { key, value in
                let isAnthropics = key.hasSameBytes(as: "citations") || isResult && key.hasSameBytes(as: "content")
                return (key, isAnthropics ? withoutNulls(value) : value)
            }
        )
    }

    private static func withoutNulls(_ value: JSON) -> JSON {
        switch value {
        case .array(let values):
            .array(values.map(withoutNulls))
        case .object(let object):
            .object(JSONObject(object.lazy.filter { !$0.value.isNull }.map { ($0.key, withoutNulls($0.value)) }))
        default:
            value
        }
    }

    /// Whether Anthropic's servers had a part in the answer, which then has to come back.
    static func isOfServerTool(_ block: JSONObject) -> Bool {
        ["server_tool_use", "web_search_tool_result"].contains(block["type"]?.wordValue)
    }

    /// The blocks that stand for an assistant message of the history.
    static func replay(_ message: Message) -> Replay {
        guard let content = message.customContent?.state?[key] else { return .absent }
        guard let elements = content.arrayValue else { return .invalid }
        var blocks: [ClaudeContentBlock] = []
        for element in elements {
            guard let block = element.objectValue, isKnown(block) else { return .invalid }
            // The model may begin a text and say nothing; the API takes no such text back.
            if block["type"]?.wordValue == "text", block["text"]?.stringValue?.isBlank == true { continue }
            blocks.append(ClaudeContentBlock(.replayed(block)))
        }
        return blocks.isEmpty ? .absent : .blocks(blocks)
    }

    static func isKnown(type: String) -> Bool { required[type] != nil }

    private enum Member { case string, object, any }

    /// Block types an assistant turn can hold and the members they cannot be without.
    private static let required: [String: [(name: String, kind: Member)]] = [
        "text": [("text", .string)],
        "thinking": [("thinking", .string), ("signature", .string)],
        "redacted_thinking": [("data", .string)],
        "tool_use": [("id", .string), ("name", .string), ("input", .object)],
        "server_tool_use": [("id", .string), ("name", .string), ("input", .object)],
        "web_search_tool_result": [("tool_use_id", .string), ("content", .any)],
        "web_fetch_tool_result": [("tool_use_id", .string), ("content", .any)],
        "code_execution_tool_result": [("tool_use_id", .string), ("content", .any)],
        "bash_code_execution_tool_result": [("tool_use_id", .string), ("content", .any)],
        "text_editor_code_execution_tool_result": [("tool_use_id", .string), ("content", .any)],
        "tool_search_tool_result": [("tool_use_id", .string), ("content", .any)],
        "compaction": [],
        "mcp_tool_use": [("id", .string), ("name", .string), ("input", .object)],
        "mcp_tool_result": [("tool_use_id", .string)],
        "container_upload": [("file_id", .string)],
        "image": [("source", .object)],
        "document": [("source", .object)],
    ]

    private static func isKnown(_ block: JSONObject) -> Bool {
        guard let type = block["type"]?.wordValue, let members = required[type] else { return false }
        return members.allSatisfy { name, kind in
            guard let value = block[name] else { return false }
            return switch kind {
            case .string: value.stringValue != nil
            case .object: value.objectValue != nil
            case .any: !value.isNull
            }
        }
    }
}
