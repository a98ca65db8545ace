import Bedrock
import DIAL
import JSON

/// `custom_fields.configuration` of deployments on Converse.
///
/// Source: AWS API reference "PerformanceConfiguration", "GuardrailStreamConfiguration".
struct ConverseConfiguration: Sendable {
    var latency: String?
    var guardrail: ConverseGuardrailConfiguration?

    // What the service is known to take.
    static let latencies = ["standard", "optimized"]
    static let traces = ["enabled", "disabled", "enabled_full"]
    static let streamProcessingModes = ["sync", "async"]

    init() {}

    /// - Throws: 422 for the first violation: declared members in the schema's order, depth first, then unknown ones.
    init(decoding configuration: JSONObject?) throws(DIALError) {
        guard let configuration else { return }
        if let performance = configuration["performanceConfig"], !performance.isNull {
            latency = try Self.latency(performance)
        }
        if let guardrail = configuration["guardrailConfig"], !guardrail.isNull {
            self.guardrail = try Self.guardrail(guardrail)
        }
        try Self.refuseUnknown(in: configuration, Self.schema, path: "")
    }

    private static func latency(_ json: JSON) throws(DIALError) -> String? {
        guard let members = json.objectValue else {
            throw .invalidConfiguration(
                path: "performanceConfig",
                "Input should be a valid dictionary or instance of BedrockPerformanceConfig"
            )
        }
        let latency = try word("latency", of: members, path: "performanceConfig", latencies)
        try refuseUnknown(in: members, schema["$defs"]?["BedrockPerformanceConfig"], path: "performanceConfig.")
        return latency?.nonEmpty
    }

    private static func guardrail(_ json: JSON) throws(DIALError) -> ConverseGuardrailConfiguration {
        guard let members = json.objectValue else {
            throw .invalidConfiguration(
                path: "guardrailConfig",
                "Input should be a valid dictionary or instance of GuardrailConfig"
            )
        }
        let guardrail = ConverseGuardrailConfiguration(
            identifier: try requiredText("guardrailIdentifier", of: members, path: "guardrailConfig"),
            version: try requiredText("guardrailVersion", of: members, path: "guardrailConfig"),
            trace: try word("trace", of: members, path: "guardrailConfig", traces),
            streamProcessingMode: try word(
                "streamProcessingMode",
                of: members,
                path: "guardrailConfig",
                streamProcessingModes
            )
        )
        try refuseUnknown(in: members, schema["$defs"]?["GuardrailConfig"], path: "guardrailConfig.")
        return guardrail
    }

    private static func requiredText(_ key: String, of members: JSONObject, path: String) throws(DIALError) -> String {
        guard let value = members[key] else { throw .invalidConfiguration(path: "\(path).\(key)", "Field required") }
        guard let text = value.stringValue else {
            throw .invalidConfiguration(path: "\(path).\(key)", "Input should be a valid string")
        }
        return text
    }

    /// A string, one of `words` as far as anybody knows; others are the service's to judge.
    private static func word(
        _ key: String,
        of members: JSONObject,
        path: String,
        _ words: [String]
    ) throws(DIALError) -> String? {
        guard let value = members[key], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw .invalidConfiguration(path: "\(path).\(key)", permitted: words)
        }
        return text
    }

    private static func refuseUnknown(in members: JSONObject, _ schema: JSON?, path: String) throws(DIALError) {
        for (key, _) in members where schema?["properties"]?[key] == nil {
            throw .invalidConfiguration(path: path + key, "Extra inputs are not permitted")
        }
    }
}
