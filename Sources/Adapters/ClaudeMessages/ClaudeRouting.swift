import JSON

/// Which API of Bedrock a Claude chat completion goes to.
public enum ClaudeRouting {
    /// Members of the configuration that only Converse knows.
    static let converseOnlyKeys: [ExactString] = ["performanceConfig", "guardrailConfig"]

    /// Whether the request asks for something that only Converse has: one of its keys is present, whatever the value.
    /// Counting and truncation stay with Messages.
    public static func needsConverse(configuration: JSONObject?) -> Bool {
        guard let configuration else { return false }
        return converseOnlyKeys.contains { configuration[$0.text] != nil }
    }
}
