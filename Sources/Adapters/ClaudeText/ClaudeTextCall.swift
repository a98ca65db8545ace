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
        guard let start = completion.utf8Position(of: Self.opening) else { return nil }
        // The stop sequence is not part of the completion.
        let text = completion.utf8.dropFirst(start) + Array(ClaudeTextTools.stopSequence.utf8)
        guard let call = Self.parse(Array(text)) else {
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
        guard let root = try? XMLElement(parsing: text), root.name == "function_calls", root.children.count == 1,
            root.children[0].name == "invoke"
        else { return nil }
        let invoke = root.children[0]
        let names = invoke.children.filter { $0.name == "tool_name" }
        let parameters = invoke.children.filter { $0.name == "parameters" }
        guard names.count == 1, parameters.count == 1, case .string(let name) = names[0].json,
            case .object(let arguments) = parameters[0].json
        else { return nil }
        return ClaudeTextCall(name: name, arguments: arguments)
    }
}

extension XMLElement {
    /// Text as it is; elements as members, those of the same name as an array; attributes as members with `@`.
    fileprivate var json: JSON {
        if children.isEmpty, attributes.isEmpty {
            return text.isPythonBlank ? .object([:]) : .string(text)
        }
        var members = JSONObject()
        for (name, value) in attributes { members.append("@" + name, .string(value)) }
        if !text.isPythonBlank { members.append("#text", .string(text)) }
        for child in children {
            let value = child.json
            switch members[child.name] {
            case nil: members.append(child.name, value)
            case .array(let values)?: members[child.name] = .array(values + [value])
            case let first?: members[child.name] = .array([first, value])
            }
        }
        return .object(members)
    }
}

extension String {
    /// Offset in UTF-8 of the first occurrence, compared byte by byte.
    fileprivate func utf8Position(of pattern: String) -> Int? {
        let bytes = Array(utf8)
        let pattern = Array(pattern.utf8)
        return bytes.indices.first { bytes[$0...].starts(with: pattern) }
    }
}
