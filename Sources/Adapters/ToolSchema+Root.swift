import JSON

/// What services ask of the root of a tool's schema.
extension ToolSchema {
    /// A schema of an object, which is all that services take.
    static func ofObject(_ parameters: JSONObject?) -> JSONObject {
        guard let parameters, !parameters.isEmpty else { return ["type": "object", "properties": [:]] }
        guard parameters["type"] == nil else { return parameters }
        return JSONObject([("type", "object")] + parameters.map { ($0.key, $0.value) })
    }

    /// For the log.
    static let choicesNote = "Alternatives at the root of a tool's schema were added up: the model takes none there"

    /// The schema with the properties of its alternatives at the root instead of the alternatives.
    ///
    /// Claude and Nova refuse a request with any tool that has some there, and tools of MCP servers have them. A property is
    /// required where all alternatives require it, and has the alternatives of its own that they give it.
    /// - Parameter budget: what references may bring, over all tools of a request.
    static func withoutChoices(_ schema: JSONObject, budget: inout Int) -> JSONObject {
        guard schema.hasChoices else { return schema }
        var merge = RootMerge(root: schema, budget: budget)
        let members = merge.members(of: schema, depth: 0)
        budget = merge.budget
        var result = JSONObject()
        for (key, value) in schema where !JSONObject.choices.contains(where: key.hasSameBytes) {
            result.append(key, value)
        }
        result["properties"] = .object(members.properties)
        if !members.required.isEmpty { result["required"] = .array(members.required) }
        return result
    }
}

extension JSONObject {
    fileprivate static let choices = ["allOf", "anyOf", "oneOf"]

    /// Whether alternatives stand at the root of the schema.
    var hasChoices: Bool { Self.choices.contains { self[$0] != nil } }
}

/// Adds up what the alternatives of a schema say of an object.
private struct RootMerge {
    struct Members {
        var properties: JSONObject = [:]
        var required: [JSON] = []
    }

    let root: JSONObject
    /// What references and comparing may still cost, in values and bytes of text.
    var budget: Int
    private static let maximumNesting = 16

    mutating func members(of schema: JSONObject, depth: Int) -> Members {
        var members = Members(
            properties: schema["properties"]?.objectValue ?? [:],
            required: schema["required"]?.arrayValue ?? []
        )
        for alternative in schema["allOf"]?.arrayValue ?? [] {
            let others = self.members(of: alternative, depth: depth)
            add(others.properties, to: &members.properties, as: "allOf")
            members.required += others.required
        }
        for choice in ["anyOf", "oneOf"] {
            guard let alternatives = schema[choice]?.arrayValue, !alternatives.isEmpty else { continue }
            var sum: JSONObject = [:]
            var required: [JSON]?
            for alternative in alternatives {
                let one = self.members(of: alternative, depth: depth)
                add(one.properties, to: &sum, as: "anyOf")
                let names = Set(one.required)
                required = required?.filter(names.contains) ?? one.required
            }
            add(sum, to: &members.properties, as: "allOf")
            members.required += required ?? []
        }
        var known: Set<JSON> = []
        members.required = members.required.filter { known.insert($0).inserted }
        return members
    }

    /// Nothing for what is no object, leads nowhere, is too deep or too much.
    private mutating func members(of alternative: JSON, depth: Int) -> Members {
        guard budget > 0, depth < Self.maximumNesting else { return Members() }
        guard let reference = alternative["$ref"]?.stringValue else {
            return alternative.objectValue.map { members(of: $0, depth: depth + 1) } ?? Members()
        }
        guard let target = ToolSchema.target(of: reference, in: root) else { return Members() }
        budget -= target.size(limit: budget)
        return members(of: target, depth: depth + 1)
    }

    /// - Parameter combination: what becomes of two schemas of one property.
    private mutating func add(_ others: JSONObject, to properties: inout JSONObject, as combination: String) {
        for (name, value) in others {
            guard let known = properties[name] else {
                properties.append(name, value)
                continue
            }
            let schemas = (known.objectValue?.count == 1 ? known[combination]?.arrayValue : nil) ?? [known]
            budget -= value.size(limit: max(0, budget)) * schemas.count
            guard budget > 0, known != value, !schemas.contains(value) else { continue }
            properties[name] = .object([combination: .array(schemas + [value])])
        }
    }
}
