import DIAL
import JSON

/// `custom_fields.configuration` of Claude deployments on the Messages API.
///
/// Source: Anthropic API reference "Messages": `thinking`, `output_config`, "Beta headers".
public struct ClaudeConfiguration: Sendable {
    /// Flags of previews, handed on as they are.
    var betas: [String] = []
    var enablesCitations = false
    /// Sent as it is; the service knows which values a model takes.
    var thinking: JSONObject?
    /// Empty where the request says nothing by it.
    var effort: String?

    /// Members that only Converse knows.
    private static let converseOnlyKeys = ConverseConfiguration.schema["properties"]?.objectValue?.keys ?? []

    /// Whether a chat completion asks for something that only Converse has: one of its keys is present, whatever the value.
    /// Counting and truncation stay with Messages.
    public static func needsConverse(_ configuration: JSONObject?) -> Bool {
        guard let configuration else { return false }
        return converseOnlyKeys.contains { configuration[$0] != nil }
    }

    init() {}

    /// - Parameter ignoringConverseKeys: counting and truncation serve requests whose chat goes over Converse.
    /// - Throws: 422 for the first violation: declared members in the schema's order, then unknown ones; 400 for a beta
    ///   that no header can hold.
    init(decoding configuration: JSONObject?, ignoringConverseKeys: Bool = false) throws(DIALError) {
        guard let configuration else { return }
        if let betas = configuration["betas"], !betas.isNull { self.betas = try Self.betas(betas) }
        if let citations = configuration["enable_citations"] {
            do throws(NoBoolean) {
                enablesCitations = try Bool(lenient: citations)
            } catch {
                throw .invalidConfiguration(path: "enable_citations", error.text)
            }
        }
        if let thinking = configuration["thinking"], !thinking.isNull {
            guard let members = thinking.objectValue else {
                throw .invalidConfiguration(path: "thinking", "Input should be a valid dictionary")
            }
            self.thinking = members
        }
        if let effort = configuration["effort"], !effort.isNull {
            guard let text = effort.stringValue else {
                throw .invalidConfiguration(path: "effort", "Input should be a valid string")
            }
            self.effort = text
        }
        for (key, _) in configuration where Self.schema["properties"]?[key] == nil {
            if ignoringConverseKeys, ConverseConfiguration.schema["properties"]?[key] != nil { continue }
            throw .invalidConfiguration(path: key, "Extra inputs are not permitted")
        }
    }

    private static let headerByteLimit = 4096

    private static func betas(_ json: JSON) throws(DIALError) -> [String] {
        guard let elements = json.arrayValue else {
            throw .invalidConfiguration(path: "betas", "Input should be a valid list")
        }
        var betas: [String] = []
        var size = 0
        for (index, element) in elements.enumerated() {
            guard let beta = element.stringValue else {
                throw .invalidConfiguration(path: "betas.\(index)", "Input should be a valid string")
            }
            // They go into a header.
            size += beta.utf8.count
            guard size <= headerByteLimit, beta.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                throw .invalidRequest(
                    "Invalid request. Path: 'custom_fields.configuration.betas.\(index)', error: "
                        + "Input should be printable ASCII, of \(headerByteLimit) bytes at most together"
                )
            }
            betas.append(beta)
        }
        return betas
    }
}
