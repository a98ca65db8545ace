import JSON

/// Inputs for tools: the least value a JSON schema asks for, and the pieces an input is streamed in.
enum SchemaSample {
    static func value(for schema: JSON, depth: Int = 0) -> JSON {
        if let first = schema["enum"]?[0] { return first }
        if let constant = schema["const"] { return constant }
        if let fallback = schema["default"] { return fallback }
        for combination in ["anyOf", "oneOf", "allOf"] {
            if let first = schema[combination]?[0], depth < 16 { return value(for: first, depth: depth + 1) }
        }
        let type = schema["type"]?.stringValue ?? schema["type"]?[0]?.stringValue
        switch type {
        case "string": return "text"
        case "integer", "number": return schema["minimum"] ?? 1
        case "boolean": return true
        case "array": return []
        case "null": return .null
        default:
            guard depth < 16 else { return [:] }
            var object: JSONObject = [:]
            for name in (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue) {
                object[name] = value(for: schema["properties"]?[name] ?? ["type": "string"], depth: depth + 1)
            }
            return .object(object)
        }
    }

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
