import JSON

/// The body of Converse and ConverseStream. Source: AWS API reference "Converse", "ConverseStream".
public struct ConverseRequestBody: Sendable, Hashable {
    /// Turns, the first of them the user's.
    public var messages: [ConverseMessage]
    /// In order; left out where empty.
    public var system: [ConverseSystemBlock] = []
    /// Left out where nothing is set.
    public var inference = ConverseInferenceConfiguration()
    /// Nil where neither the request nor its history has tools.
    public var tools: ConverseToolConfiguration?
    /// `additionalModelRequestFields`: what the model knows beyond Converse; left out where empty.
    public var additionalFields = JSONObject()
    /// The form that the answer has to take.
    public var textFormat: ConverseTextFormat?
    /// `standard`, `optimized`.
    public var latency: String?
    /// Nil where the configuration names none.
    public var guardrail: ConverseGuardrailConfiguration?

    public init(messages: [ConverseMessage]) {
        self.messages = messages
    }

    /// Members that would be empty are left out.
    /// - Parameter base64: encodes binary data, with padding.
    public func json(streaming: Bool, base64: ([UInt8]) -> String) -> JSON {
        var body: JSONObject = ["messages": .array(messages.map { $0.json { .string(base64($0)) } })]
        if !system.isEmpty { body.append("system", .array(system.map(\.json))) }
        if let inference = inference.json { body.append("inferenceConfig", inference) }
        if let tools { body.append("toolConfig", tools.json) }
        if !additionalFields.isEmpty { body.append("additionalModelRequestFields", .object(additionalFields)) }
        if let textFormat { body.append("outputConfig", ["textFormat": textFormat.json]) }
        if let latency { body.append("performanceConfig", ["latency": .string(latency)]) }
        if let guardrail { body.append("guardrailConfig", guardrail.json(streaming: streaming)) }
        return .object(body)
    }
}

/// Source: AWS API reference "InferenceConfiguration".
public struct ConverseInferenceConfiguration: Sendable, Hashable {
    /// Tokens of the answer, at least 1; nil leaves the limit to the model.
    public var maxTokens: Int?
    /// 0…1: the service refuses more.
    public var temperature: JSONNumber?
    /// 0…1.
    public var topP: JSONNumber?
    /// At most 2,500, none of them empty.
    public var stopSequences: [String] = []

    public init() {}

    /// Nil when nothing is set.
    var json: JSON? {
        var members = JSONObject()
        if let maxTokens { members.append("maxTokens", JSON(maxTokens)) }
        if let temperature { members.append("temperature", .number(temperature)) }
        if let topP { members.append("topP", .number(topP)) }
        if !stopSequences.isEmpty { members.append("stopSequences", .array(stopSequences.map(JSON.string))) }
        return members.isEmpty ? nil : .object(members)
    }
}

/// Source: AWS API reference "OutputFormat", "JsonSchemaDefinition".
public struct ConverseTextFormat: Sendable, Hashable {
    public var name: String
    /// JSON Schema; goes out as a text.
    public var schema: JSONObject
    public var description: String?

    public init(name: String, schema: JSONObject, description: String?) {
        self.name = name
        self.schema = schema
        self.description = description
    }

    var json: JSON {
        var members: JSONObject = ["schema": .string(JSON.object(schema).serializedString()), "name": .string(name)]
        if let description { members.append("description", .string(description)) }
        return ["type": "json_schema", "structure": ["jsonSchema": .object(members)]]
    }
}

/// Source: AWS API reference "GuardrailStreamConfiguration", "GuardrailConfiguration".
public struct ConverseGuardrailConfiguration: Sendable, Hashable {
    /// `guardrailIdentifier`: an id or an ARN.
    public var identifier: String
    /// `guardrailVersion`: a number or `DRAFT`.
    public var version: String
    /// `enabled`, `disabled`, `enabled_full`; nil leaves it to the service.
    public var trace: String?
    /// Known to ConverseStream only.
    public var streamProcessingMode: String?

    public init(identifier: String, version: String, trace: String? = nil, streamProcessingMode: String? = nil) {
        self.identifier = identifier
        self.version = version
        self.trace = trace
        self.streamProcessingMode = streamProcessingMode
    }

    func json(streaming: Bool) -> JSON {
        var members: JSONObject = ["guardrailIdentifier": .string(identifier), "guardrailVersion": .string(version)]
        if let trace { members.append("trace", .string(trace)) }
        if streaming, let streamProcessingMode { members.append("streamProcessingMode", .string(streamProcessingMode)) }
        return .object(members)
    }
}
