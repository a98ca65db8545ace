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
    /// required where all alternatives, or any part of `allOf`, require it, and has the alternatives that they give it.
    /// - Parameter budget: what references may bring, over all tools of a request.
    static func withoutChoices(_ schema: JSONObject, budget: inout Int) -> JSONObject {
        schema.hasChoices ? addedUp(schema, budget: &budget) : schema
    }

    /// The schema with all that alternatives and references say of its properties at the root.
    static func addedUp(_ schema: JSONObject, budget: inout Int) -> JSONObject {
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
    /// What references may still bring, in values and bytes of text: all may be to one long definition.
    var budget: Int
    /// A value takes longer to be added up than to be copied.
    private static let price = 4
    private static let maximumNesting = 16

    mutating func members(of schema: JSONObject, depth: Int) -> Members {
        var all = PropertySum()
        all.add(schema["properties"]?.objectValue ?? [:])
        var required = schema["required"]?.arrayValue ?? []
        let reference = schema["$ref"].map { [JSON.object(["$ref": $0])] } ?? []
        for part in reference + (schema["allOf"]?.arrayValue ?? []) {
            let others = members(of: part, depth: depth)
            all.add(others.properties)
            required += others.required
        }
        for choice in ["anyOf", "oneOf"] {
            guard let alternatives = schema[choice]?.arrayValue, !alternatives.isEmpty else { continue }
            var any = PropertySum()
            var common: [JSON]?
            for alternative in alternatives {
                let one = members(of: alternative, depth: depth)
                any.add(one.properties)
                let names = Set(one.required)
                common = common?.filter(names.contains) ?? one.required
            }
            all.add(any.combined(as: "anyOf"))
            required += common ?? []
        }
        var known: Set<JSON> = []
        return Members(
            properties: all.combined(as: "allOf"),
            required: required.filter { known.insert($0).inserted }
        )
    }

    /// Nothing for what is no object, leads nowhere, is too deep or too much.
    private mutating func members(of part: JSON, depth: Int) -> Members {
        guard budget > 0, depth < Self.maximumNesting, let schema = part.objectValue else { return Members() }
        guard schema.count == 1, let reference = schema["$ref"]?.stringValue else {
            return members(of: schema, depth: depth + 1)
        }
        guard let target = ToolSchema.target(of: reference, in: root) else { return Members() }
        budget -= Self.price * target.size(limit: budget)
        return members(of: target, depth: depth + 1)
    }
}

/// The schemas that several parts have for properties of one name.
private struct PropertySum {
    private var names: [String] = []
    private var schemas: [ExactString: (all: [JSON], known: Set<JSON>)] = [:]

    mutating func add(_ properties: JSONObject) {
        for (name, schema) in properties {
            let key = ExactString(name)
            guard schemas[key] != nil else {
                names.append(name)
                schemas[key] = ([schema], [schema])
                continue
            }
            if schemas[key]?.known.insert(schema).inserted == true { schemas[key]?.all.append(schema) }
        }
    }

    /// - Parameter combination: what becomes of several schemas.
    func combined(as combination: String) -> JSONObject {
        JSONObject(
            names.map { name in
                let all = schemas[ExactString(name)]?.all ?? []
                return (name, all.count == 1 ? all[0] : .object([combination: .array(all)]))
            }
        )
    }
}
