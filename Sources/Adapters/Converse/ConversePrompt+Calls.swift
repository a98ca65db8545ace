import Bedrock
import DIAL
import JSON

/// Tool calls of the history and their results.
extension ConversePrompt {
    mutating func calls(_ message: Message) throws(DIALError) -> [ConverseContentBlock] {
        let toolCalls = message.toolCalls ?? []
        guard let functionCall = message.functionCall else {
            var blocks: [ConverseContentBlock] = []
            for call in toolCalls { blocks.append(try self.call(call.function, id: call.id)) }
            return blocks
        }
        guard toolCalls.isEmpty else {
            throw .validation("You cannot use both function call and tool calls in the same message")
        }
        return [try call(functionCall, id: functionCall.name)]
    }

    private mutating func call(_ call: FunctionCall, id: String) throws(DIALError) -> ConverseContentBlock {
        let input: JSONObject
        do {
            input = try call.input()
        } catch {
            throw .validation("The arguments of the tool call '\(call.name)' aren't valid JSON")
        }
        return .toolUse(id: id, name: toolNames.wireName(for: call.name), input: input)
    }

    static func toolResult(_ message: Message) throws(DIALError) -> ConverseToolResult {
        guard let id = message.toolCallID, !id.isEmpty, case .text(let text)? = message.content else {
            throw .runtimeError("Tool result message is expected to have tool call id and plain text content")
        }
        // The service takes objects only as JSON.
        if let object = (try? JSON(mending: text.utf8))?.objectValue {
            return ConverseToolResult(toolUseID: id, content: .json(object))
        }
        return ConverseToolResult(toolUseID: id, content: .text(text.isBlank ? Placeholder.text : text))
    }

    static func functionResult(_ message: Message) throws(DIALError) -> ConverseToolResult {
        guard let name = message.name, !name.isEmpty, case .text(let text)? = message.content else {
            throw .runtimeError("Function result message is expected to have function name and plain text content")
        }
        return ConverseToolResult(toolUseID: name, content: .text(text.isBlank ? Placeholder.text : text))
    }
}
