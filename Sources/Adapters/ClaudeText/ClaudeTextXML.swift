import DIAL
import JSON

/// Prints tools, calls and results the way the prompt shows them. Nothing is escaped.
enum ClaudeTextXML {
    /// An element whose content stands on lines of its own.
    static func block(_ name: String, _ lines: [String]) -> String {
        (["<\(name)>"] + lines + ["</\(name)>"]).joined(separator: "\n")
    }

    static func line(_ name: String, _ text: String) -> String {
        "<\(name)>\(text)</\(name)>"
    }

    static func result(tool: String, text: String) -> String {
        let stdout = block("stdout", text.isEmpty ? [] : [text])
        return block("function_results", [block("result", [line("tool_name", tool), stdout])])
    }

    /// - Throws: 500 when the arguments are not JSON.
    static func call(_ call: FunctionCall) throws(DIALError) -> String {
        let members: JSONObject
        do {
            members = try call.input()
        } catch {
            throw .internalServerError("Unable to parse function call arguments: it's not a valid JSON")
        }
        let parameters = members.filter { !$0.value.isNull }.map { line($0.key, argument($0.value)) }
        let invoke = block("invoke", [line("tool_name", call.name), block("parameters", parameters)])
        return block("function_calls", [invoke])
    }

    private static func argument(_ value: JSON) -> String {
        if let text = value.stringValue { return text }
        guard let elements = value.arrayValue?.filter({ !$0.isNull }) else { return PythonLiteral.text(value) }
        let texts = elements.compactMap(\.stringValue)
        return texts.count == elements.count
            ? texts.joined(separator: "\n") : value.pythonSerialized(ensureASCII: false)
    }
}

// Declarations.
extension ClaudeTextXML {
    static func description(of function: FunctionDefinition) throws(DIALError) -> String {
        guard let schema = function.parameters else {
            throw unsupported(function, "it has no 'parameters'")
        }
        guard schema["type"]?.wordValue == "object" else {
            throw unsupported(function, "the type of 'parameters' must be 'object'")
        }
        let properties = schema["properties"] ?? .object([:])
        guard let properties = properties.objectValue else {
            throw unsupported(function, "'properties' must be an object")
        }
        var parameters: [String] = []
        for (name, property) in properties {
            let lines = try describe(property, Place(property: name), function)
            parameters.append(block("parameter", [line("name", name)] + lines))
        }
        var lines = [line("tool_name", function.name)]
        if let description = function.description { lines.append(line("description", description)) }
        return block("tool_description", lines + [block("parameters", parameters)])
    }

    private static let printable: Set<ExactString> = ["type", "items", "enum", "description", "default", "title"]

    /// Where something stands, made text of for an error only: the name may be long, and the nesting deep.
    private struct Place: CustomStringConvertible {
        let property: String
        var depth = 0

        var items: Place { Place(property: property, depth: depth + 1) }
        var description: String { property + String(repeating: ".items", count: depth) }
    }

    private static func describe(
        _ property: JSON,
        _ path: Place,
        _ function: FunctionDefinition
    ) throws(DIALError) -> [String] {
        guard let members = property.objectValue else {
            throw unsupported(function, "the property '\(path)' must be an object")
        }
        if let unknown = members.keys.first(where: { !printable.contains(ExactString($0)) }) {
            throw unsupported(
                function,
                "the property '\(path)' has '\(unknown)', which the prompt cannot tell the model"
            )
        }
        guard let type = members["type"]?.stringValue else {
            throw unsupported(function, "the property '\(path)' must name its type")
        }
        var lines = [line("type", type)]
        if let items = members["items"], !items.isNull {
            lines.append(block("items", try describe(items, path.items, function)))
        }
        if let values = members["enum"], !values.isNull {
            guard let elements = values.arrayValue else {
                throw unsupported(function, "'enum' of the property '\(path)' must be an array")
            }
            var texts: [String] = []
            for element in elements { texts.append(try scalar(element, "enum", path, function)) }
            if !texts.isEmpty { lines.append(line("enum", texts.joined(separator: ", "))) }
        }
        for key in ["description", "default"] {
            guard let value = members[key], !value.isNull else { continue }
            lines.append(line(key, try scalar(value, key, path, function)))
        }
        return lines
    }

    private static func scalar(
        _ value: JSON,
        _ key: String,
        _ path: Place,
        _ function: FunctionDefinition
    ) throws(DIALError) -> String {
        switch value {
        case .string(let text): return text
        case .number, .bool: return PythonLiteral.text(value)
        default:
            throw unsupported(function, "'\(key)' of the property '\(path)' must be a string, a number or a boolean")
        }
    }

    private static func unsupported(_ function: FunctionDefinition, _ reason: String) -> DIALError {
        .internalServerError(
            "The function '\(function.name)' cannot be declared to this model: \(reason). Its prompt takes an object with "
                + "properties of simple types and arrays of these."
        )
    }
}
