import JSON

/// JSON Schema for models that take only `type`, `properties` and `required` at the root of a tool's schema.
///
/// Source: AWS user guide "Amazon Nova: tool use".
struct ToolSchema {
    private let root: JSONObject
    /// References being followed: a schema may contain itself.
    private var open: [String] = []
    /// Values that references may still bring: they can double with every level.
    private var budget = 20_000

    /// The schema with its definitions put in place of the references to them, and nothing else at its root.
    static func plain(_ schema: JSONObject) -> JSONObject {
        var resolver = ToolSchema(root: schema)
        let resolved = resolver.resolve(.object(schema), isRoot: true).objectValue ?? [:]
        var plain: JSONObject = ["type": "object"]
        plain["properties"] = resolved["properties"] ?? [:]
        if let required = resolved["required"] { plain["required"] = required }
        return plain
    }

    private init(root: JSONObject) { self.root = root }

    private mutating func resolve(_ value: JSON, isRoot: Bool = false) -> JSON {
        switch value {
        case .array(let values):
            return .array(values.map { resolve($0) })
        case .object(let object):
            if let reference = object["$ref"]?.stringValue { return follow(reference, beside: object) }
            var members = JSONObject()
            for (key, value) in object where !(isRoot && Self.definitions.contains(key)) {
                members.append(key, resolve(value))
            }
            return .object(members)
        default:
            return value
        }
    }

    private static let maximumNesting = 32
    private static let definitions = ["$defs", "definitions"]

    /// What a reference points to, with what stands beside it; anything at all where it leads nowhere or into itself.
    private mutating func follow(_ reference: String, beside object: JSONObject) -> JSON {
        var members = JSONObject()
        if open.count < Self.maximumNesting, !open.contains(reference), let target = target(reference) {
            budget -= target.size(limit: budget)
            if budget > 0 {
                open.append(reference)
                if let resolved = resolve(target).objectValue { members = resolved }
                open.removeLast()
            }
        }
        for (key, value) in object where key != "$ref" && !Self.definitions.contains(key) {
            members[key] = resolve(value)
        }
        return .object(members)
    }

    /// Only definitions at the root are known: `#/$defs/name`.
    private func target(_ reference: String) -> JSON? {
        let steps = reference.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count == 3, steps[0] == "#", Self.definitions.contains(String(steps[1])) else { return nil }
        return root[String(steps[1])]?[String(steps[2])]
    }
}

extension JSON {
    /// How many values there are, counted no further than the limit.
    fileprivate func size(limit: Int) -> Int {
        var count = 1
        let members: [JSON]
        switch self {
        case .array(let values): members = values
        case .object(let object): members = object.map(\.value)
        default: members = []
        }
        for member in members {
            guard count < limit else { break }
            count += member.size(limit: limit - count)
        }
        return count
    }
}
