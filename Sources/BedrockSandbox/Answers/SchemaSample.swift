import JSON

/// Inputs for tools: the least value a JSON schema asks for.
struct SchemaSample {
    private let root: JSON
    /// Values still to be made: references can double with every level, and lead into themselves.
    private var budget = 1000
    private var depth = 0

    static func value(for schema: JSON) -> JSON {
        var sample = SchemaSample(root: schema)
        return sample.value(for: schema)
    }

    private mutating func value(for schema: JSON) -> JSON {
        budget -= 1
        depth += 1
        defer { depth -= 1 }
        guard budget > 0, depth <= 32 else { return .null }
        if let first = schema["enum"]?[0] { return first }
        if let constant = schema["const"] { return constant }
        if let fallback = schema["default"] { return fallback }
        if let reference = schema["$ref"]?.stringValue, let target = target(of: reference) { return value(for: target) }
        for combination in ["anyOf", "oneOf", "allOf"] {
            // A list of nodes ends with the alternative of none.
            let choice = depth <= 8 ? schema[combination]?[0] : schema[combination]?.arrayValue?.last
            if let choice { return value(for: choice) }
        }
        switch schema["type"]?.stringValue ?? schema["type"]?[0]?.stringValue {
        case "string": return schema["format"]?.stringValue.flatMap { Self.formats[$0] } ?? "text"
        case "integer":
            let above = schema["exclusiveMinimum"]?.intValue.map { JSON.number(JSONNumber($0 &+ 1)) }
            return schema["minimum"] ?? above ?? schema["maximum"] ?? 1
        case "number":
            let above = schema["exclusiveMinimum"]?.numberValue.map { JSON.number(JSONNumber($0.doubleValue + 0.5)) }
            return schema["minimum"] ?? above ?? schema["maximum"] ?? 1
        case "boolean": return true
        case "array":
            let count = max(0, min(schema["minItems"]?.intValue ?? 0, budget))
            return .array((0..<count).map { _ in value(for: schema["items"] ?? Self.text) })
        case "null": return .null
        default:
            var object: JSONObject = [:]
            for name in (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue) {
                object[name] = value(for: schema["properties"]?[name] ?? Self.text)
            }
            return .object(object)
        }
    }

    private static let text: JSON = ["type": "string"]

    private static let formats: [String: JSON] = [
        "date-time": "2025-01-31T12:00:00Z", "date": "2025-01-31", "time": "12:00:00Z", "duration": "PT1H",
        "email": "name@example.com", "hostname": "example.com", "uri": "https://example.com/",
        "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uuid": "00000000-0000-4000-8000-000000000000",
    ]

    /// `#/$defs/name` or another path within the schema.
    private func target(of reference: String) -> JSON? {
        let steps = reference.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard steps.first == "#" else { return nil }
        return steps.dropFirst().reduce(JSON?.some(root)) { $0?[$1] }
    }
}

/// The pieces in which an input is streamed.
extension SchemaSample {
    /// Pieces of about eight bytes that never cut a character.
    static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for scalar in text.unicodeScalars {
            piece.unicodeScalars.append(scalar)
            if piece.utf8.count >= 8 {
                pieces.append(piece)
                piece = ""
            }
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }
}
