import JSON

/// What Claude wants of a tool's schema, whichever API it comes by.
enum ToolSchemaRule {
    /// Anthropic's words where it refuses the schema.
    static func refusal(of schema: JSON) -> String? {
        guard ["oneOf", "allOf", "anyOf"].contains(where: { schema[$0] != nil }) else { return nil }
        return "input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
    }
}
