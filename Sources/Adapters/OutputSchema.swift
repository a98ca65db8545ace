import JSON

/// A JSON Schema as Claude's structured output takes it: objects are closed, and limits that the service refuses are
/// told to the model in the description instead.
///
/// Source: Anthropic docs, "Structured outputs": JSON Schema limitations.
struct OutputSchema {
    /// Of the keywords that became words.
    private var toldKeywords: Set<String> = []

    /// The whole request is refused for any of them.
    private static let refused: Set<String> = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength",
        "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "prefixItems", "additionalItems",
        "minProperties", "maxProperties", "patternProperties", "propertyNames",
        "dependencies", "dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties",
        "not", "if", "then", "else",
    ]
    private static let formats: Set<String> = [
        "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
    ]

    /// For the log.
    var note: String? {
        guard !toldKeywords.isEmpty else { return nil }
        let keywords = toldKeywords.sorted().joined(separator: ", ")
        return
            "Keywords of the response format that the model does not take became words of its descriptions: \(keywords)"
    }

    mutating func adapt(_ schema: JSONObject) -> JSONObject {
        var result = JSONObject()
        var told: [String] = []
        for (key, value) in schema {
            switch key.word {
            case "properties", "$defs", "definitions": result.append(key, adaptMembers(value))
            case "allOf" where value.arrayValue?.count == 1: continue
            case "anyOf", "allOf": result.append(key, adaptEach(value))
            case "oneOf" where schema["anyOf"] == nil: result.append("anyOf", adaptEach(value))
            case "items": result.append(key, adapt(value))
            // Taken with the value `false` only.
            case "additionalProperties" where value.objectValue?.isEmpty ?? true: continue
            case let word? where !Self.isTaken(word, value):
                told.append("\(word): \(value.serializedString())")
                toldKeywords.insert(word)
            default: result.append(key, value)
            }
        }
        if !told.isEmpty {
            let given = schema["description"]?.stringValue.map { $0 + " " } ?? ""
            result["description"] = .string("\(given)(\(told.joined(separator: ", ")))")
        }
        // References are not taken in there, and generators put single ones there to say something beside them.
        if let parts = schema["allOf"]?.arrayValue, parts.count == 1, let part = adapt(parts[0]).objectValue {
            if let merged = Self.merged(result, part) {
                result = merged
            } else {
                result["allOf"] = [.object(part)]
            }
        }
        return Self.closed(result)
    }

    private mutating func adapt(_ value: JSON) -> JSON {
        value.objectValue.map { .object(adapt($0)) } ?? value
    }

    private mutating func adaptEach(_ value: JSON) -> JSON {
        value.arrayValue.map { .array($0.map { adapt($0) }) } ?? value
    }

    private mutating func adaptMembers(_ value: JSON) -> JSON {
        guard let schemas = value.objectValue else { return value }
        return .object(JSONObject(schemas.map { ($0.key, adapt($0.value)) }))
    }

    /// What both schemas say; nil where they say different things of one keyword.
    private static func merged(_ left: JSONObject, _ right: JSONObject) -> JSONObject? {
        var result = left
        for (key, value) in right {
            guard let given = left[key], given != value else {
                result[key] = value
                continue
            }
            switch (key.word, given, value) {
            case ("description", .string(let first), .string(let second)): result[key] = .string("\(first) \(second)")
            case ("required", .array(let first), .array(let second)):
                let known = Set(first.compactMap { $0.stringValue.map { ExactString($0) } })
                let others = second.filter { $0.stringValue.map { !known.contains(ExactString($0)) } ?? true }
                result[key] = .array(first + others)
            case ("properties", .object(let first), .object(let second)):
                guard second.allSatisfy({ first[$0.key] == nil || first[$0.key] == $0.value }) else { return nil }
                result[key] = .object(JSONObject(first.map { ($0.key, $0.value) } + second.map { ($0.key, $0.value) }))
            default: return nil
            }
        }
        return result
    }

    private static func isTaken(_ keyword: String, _ value: JSON) -> Bool {
        switch keyword {
        case "format": value.stringValue?.word.map(formats.contains) ?? false
        case "minItems": value == 0 || value == 1
        case "oneOf", "additionalProperties": false
        default: !refused.contains(keyword)
        }
    }

    /// Every object is to say that it is one, and to take nothing besides its properties.
    private static func closed(_ schema: JSONObject) -> JSONObject {
        let isElsewhere = schema.hasChoices || schema["$ref"] != nil
        var schema = schema
        guard schema["properties"] != nil || !isElsewhere else {
            // What it refers to says that it is an object. Closed it would take nothing, and open ones are refused.
            if schema["type"] == "object" { schema["type"] = nil }
            return schema
        }
        if schema["type"] == nil, schema["properties"] != nil, !isElsewhere { schema = ToolSchema.ofObject(schema) }
        let types = schema["type"]?.arrayValue ?? [schema["type"] ?? .null]
        if types.contains("object") { schema["additionalProperties"] = false }
        return schema
    }
}
