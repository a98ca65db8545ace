import JSON

/// JSON Schema of a tool for services that take less than all of it at its root: Nova only `type`, `properties` and `required`,
/// Claude no choices.
///
/// Source: AWS user guide "Amazon Nova: tool use".
struct ToolSchema {
    private let root: JSONObject
    /// References being followed: a schema may contain itself.
    private var open: [ExactString] = []
    /// Levels of the value that is being resolved.
    private var depth = 0
    /// What references may still bring, in values and bytes of text: they can double with every level.
    private var budget: Int

    /// What the references of all tools of a request may bring.
    static let budget = 250_000

    /// The schema with its definitions put in place of the references to them, and nothing else at its root.
    /// - Parameter budget: what references may bring; reduced by what they bring here.
    static func plain(_ schema: JSONObject, budget: inout Int) -> JSONObject {
        let schema = schema.hasChoices || schema["$ref"] != nil ? addedUp(schema, budget: &budget) : schema
        var resolver = ToolSchema(root: schema, budget: budget)
        defer { budget = resolver.budget }
        let resolved = resolver.resolve(.object(schema), isRoot: true).objectValue ?? [:]
        var plain: JSONObject = ["type": "object"]
        plain["properties"] = resolved["properties"] ?? [:]
        if let required = resolved["required"] { plain["required"] = required }
        return plain
    }

    private init(root: JSONObject, budget: Int) {
        self.root = root
        self.budget = budget
    }

    private mutating func resolve(_ value: JSON, isRoot: Bool = false) -> JSON {
        depth += 1
        defer { depth -= 1 }
        switch value {
        case .array(let values):
            return .array(values.map { resolve($0) })
        case .object(let object):
            if let reference = object["$ref"]?.stringValue { return follow(reference, beside: object) }
            var members = JSONObject()
            for (key, value) in object where !(isRoot && Self.isDefinitions(key)) {
                members.append(key, resolve(value))
            }
            return .object(members)
        default:
            return value
        }
    }

    private static let maximumNesting = 32
    /// Levels that a reference may stand in: the schema is gone through level by level, also when it is written.
    private static let maximumDepth = 256

    private static func isDefinitions(_ key: String) -> Bool {
        ["$defs", "definitions"].contains { key.hasSameBytes(as: $0) }
    }

    /// What a reference points to, with what stands beside it; anything at all where it leads nowhere or into itself.
    private mutating func follow(_ reference: String, beside object: JSONObject) -> JSON {
        var members = JSONObject()
        if budget > 0, open.count < Self.maximumNesting, depth < Self.maximumDepth,
            !open.contains(ExactString(reference)),
            let target = Self.target(of: reference, in: root)
        {
            budget -= target.size(limit: budget)
            if budget > 0 {
                open.append(ExactString(reference))
                if let resolved = resolve(target).objectValue { members = resolved }
                open.removeLast()
            }
        }
        for (key, value) in object where !key.hasSameBytes(as: "$ref") && !Self.isDefinitions(key) {
            members[key] = resolve(value)
        }
        return .object(members)
    }

    /// Only definitions at the root are known: `#/$defs/name`.
    static func target(of reference: String, in root: JSONObject) -> JSON? {
        let steps = reference.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard steps.count == 3, steps[0].hasSameBytes(as: "#"), Self.isDefinitions(steps[1]) else { return nil }
        return root[steps[1]]?[steps[2]]
    }
}

extension JSON {
    /// How many values there are, with the bytes of their keys and strings, counted no further than the limit.
    func size(limit: Int) -> Int {
        var count = 1
        switch self {
        case .string(let text):
            count += text.utf8.count
        case .array(let values):
            for value in values {
                guard count < limit else { break }
                count += value.size(limit: limit - count)
            }
        case .object(let object):
            for (key, value) in object {
                guard count < limit else { break }
                count += key.utf8.count + value.size(limit: limit - count)
            }
        default:
            break
        }
        return count
    }
}
