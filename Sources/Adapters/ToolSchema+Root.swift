import JSON

/// What services ask of the root of a tool's schema.
extension ToolSchema {
    /// A schema of an object, which is all that services take.
    static func ofObject(_ parameters: JSONObject?) -> JSONObject {
        guard let parameters, !parameters.isEmpty else { return ["type": "object", "properties": [:]] }
        guard parameters["type"] == nil else { return parameters }
        return JSONObject([("type", "object")] + parameters.map { ($0.key, $0.value) })
    }

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
    /// Alternatives may all be references to one long definition.
    private(set) var budget: Int
    /// What it costs to look at a property.
    private static let price = 10
    private static let maximumNesting = 16

    init(root: JSONObject, budget: Int) {
        self.root = root
        self.budget = budget
    }

    mutating func members(of schema: JSONObject, depth: Int) -> Members {
        var members = Members(
            properties: schema["properties"]?.objectValue ?? [:],
            required: schema["required"]?.arrayValue ?? []
        )
        for alternative in schema["allOf"]?.arrayValue ?? [] {
            let others = self.members(of: alternative, depth: depth)
            budget -= Self.price * members.add(others.properties, as: "allOf")
            members.required += others.required
        }
        for choice in ["anyOf", "oneOf"] {
            guard let alternatives = schema[choice]?.arrayValue, !alternatives.isEmpty else { continue }
            var sum = Members()
            var required: Set<JSON>?
            for alternative in alternatives {
                let one = self.members(of: alternative, depth: depth)
                budget -= Self.price * sum.add(one.properties, as: "anyOf")
                if sum.required.isEmpty { sum.required = one.required }
                required = required?.intersection(one.required) ?? Set(one.required)
            }
            budget -= Self.price * members.add(sum.properties, as: "allOf")
            members.required += sum.required.filter { required?.contains($0) == true }
        }
        var known: Set<JSON> = []
        members.required = members.required.filter { known.insert($0).inserted }
        budget -= Self.price * (1 + members.properties.count + members.required.count)
        return members
    }

    /// Nothing for what is no object, leads nowhere, or too deep.
    private mutating func members(of alternative: JSON, depth: Int) -> Members {
        guard budget > 0, depth < Self.maximumNesting else { return Members() }
        if let reference = alternative["$ref"]?.stringValue {
            guard let target = ToolSchema.target(of: reference, in: root) else { return Members() }
            return members(of: target, depth: depth + 1)
        }
        return alternative.objectValue.map { members(of: $0, depth: depth + 1) } ?? Members()
    }
}

extension RootMerge.Members {
    /// - Parameter combination: what becomes of two schemas of one property.
    /// - Returns: how many schemas were looked at.
    fileprivate mutating func add(_ others: JSONObject, as combination: String) -> Int {
        var cost = others.count
        for (name, value) in others {
            guard let known = properties[name] else {
                properties.append(name, value)
                continue
            }
            guard known != value else { continue }
            let schemas = (known.objectValue?.count == 1 ? known[combination]?.arrayValue : nil) ?? [known]
            cost += schemas.count
            if !schemas.contains(value) { properties[name] = .object([combination: .array(schemas + [value])]) }
        }
        return cost
    }
}
