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
    /// required where all alternatives require it.
    static func withoutChoices(_ schema: JSONObject) -> JSONObject {
        let choices = ["allOf", "anyOf", "oneOf"]
        guard choices.contains(where: { schema[$0] != nil }) else { return schema }
        var merged = Properties(of: schema)
        // Alternatives may all be references to one long definition.
        var budget = Self.budget
        for choice in choices {
            var required: [[JSON]] = []
            for alternative in schema[choice]?.arrayValue ?? [] where budget > 0 {
                guard let object = target(of: alternative, in: schema)?.objectValue else { continue }
                let properties = Properties(of: object)
                budget -= 1 + properties.all.count + properties.required.count
                merged.add(properties.all)
                required.append(properties.required)
            }
            guard let first = required.first else { continue }
            let others = required.dropFirst().map(Set.init)
            merged.required +=
                choice == "allOf"
                ? required.flatMap { $0 } : first.filter { name in others.allSatisfy { $0.contains(name) } }
        }
        var result = JSONObject()
        for (key, value) in schema where !choices.contains(where: key.hasSameBytes) { result.append(key, value) }
        result["properties"] = .object(merged.all)
        if !merged.required.isEmpty { result["required"] = .array(merged.uniqueRequired) }
        return result
    }

    private static func target(of alternative: JSON, in schema: JSONObject) -> JSON? {
        guard let reference = alternative["$ref"]?.stringValue else { return alternative }
        return target(of: reference, in: schema)
    }

    private struct Properties {
        var all: JSONObject
        var required: [JSON]

        init(of schema: JSONObject) {
            all = schema["properties"]?.objectValue ?? [:]
            required = schema["required"]?.arrayValue ?? []
        }

        mutating func add(_ others: JSONObject) {
            for (name, value) in others where all[name] == nil { all.append(name, value) }
        }

        var uniqueRequired: [JSON] {
            var known: Set<JSON> = []
            return required.filter { known.insert($0).inserted }
        }
    }
}
