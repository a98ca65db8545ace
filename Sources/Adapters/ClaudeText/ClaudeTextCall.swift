import AWS
import DIAL
import JSON

/// A call of a tool in a completion of Claude 2.1.
struct ClaudeTextCall: Sendable {
    let name: String
    let arguments: JSONObject

    private static let opening = "<function_calls>"

    /// Nil when the completion calls no tool.
    /// - Throws: 500 when it begins to and cannot be understood.
    init?(in completion: String) throws(DIALError) {
        guard let start = completion.utf8.firstRange(of: Self.opening.utf8)?.lowerBound else { return nil }
        // The stop sequence is not part of the completion.
        let text = Array(completion.utf8[start...]) + ClaudeTextTools.stopSequence.utf8
        guard let call = Self.parse(text) else {
            let quoted = JSON.string(String(decoding: text, as: UTF8.self)).pythonSerialized(ensureASCII: false)
            throw .internalServerError("Unable to parse function call: \(quoted)")
        }
        self = call
    }

    private init(name: String, arguments: JSONObject) {
        self.name = name
        self.arguments = arguments
    }

    private static func parse(_ text: [UInt8]) -> ClaudeTextCall? {
        guard let root = try? XMLElement(parsing: text), root.name == "function_calls",
            let invoke = root.onlyChild("invoke"), let parameters = invoke.onlyChild("parameters"),
            case .string(let name)? = invoke.onlyChild("tool_name")?.json
        else { return nil }
        // Text in the place of parameters is none.
        return ClaudeTextCall(name: name, arguments: parameters.json.objectValue ?? [:])
    }
}

extension XMLElement {
    /// Nil when there is none of that name, or more than one.
    fileprivate func onlyChild(_ name: String) -> XMLElement? {
        let found = children.filter { $0.name == name }
        return found.count == 1 ? found[0] : nil
    }

    /// Text as it is; elements as members, those of the same name as an array; attributes as members with `@`.
    fileprivate var json: JSON {
        if children.isEmpty, attributes.isEmpty {
            return text.isBlank ? .object([:]) : .string(text)
        }
        var members = JSONObject()
        for (name, value) in attributes { members.append("@" + name, .string(value)) }
        if !text.isBlank { members.append("#text", .string(text)) }
        var values: [ExactString: [JSON]] = [:]
        for child in children {
            // Its place; the value comes when all of that name are there.
            if values[ExactString(child.name)] == nil { members.append(child.name, .null) }
            values[ExactString(child.name), default: []].append(child.json)
        }
        for (name, values) in values { members.append(name.text, values.count == 1 ? values[0] : .array(values)) }
        return .object(members)
    }
}
