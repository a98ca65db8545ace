import JSON

extension ConverseConfiguration {
    /// The JSON Schema of the configuration.
    static let schema: JSON = [
        "$defs": [
            "BedrockPerformanceConfig": [
                "additionalProperties": false,
                "properties": [
                    "latency": word("Latency", "Latency configuration", latencies)
                ],
                "title": "BedrockPerformanceConfig",
                "type": "object",
            ],
            "GuardrailConfig": [
                "additionalProperties": false,
                "properties": [
                    "guardrailIdentifier": text("Guardrailidentifier", "The identifier for the guardrail."),
                    "guardrailVersion": text("Guardrailversion", "The version of the guardrail."),
                    "trace": word("Trace", "The trace behavior for the guardrail.", traces),
                    "streamProcessingMode": word(
                        "Streamprocessingmode",
                        "The processing mode.",
                        streamProcessingModes
                    ),
                ],
                "required": ["guardrailIdentifier", "guardrailVersion"],
                "title": "GuardrailConfig",
                "type": "object",
            ],
        ],
        "additionalProperties": false,
        "properties": [
            "performanceConfig": reference("BedrockPerformanceConfig", "Model performance settings for the request."),
            "guardrailConfig": reference("GuardrailConfig", "Guardrail configuration"),
        ],
        "title": "ConverseAPIConfiguration",
        "type": "object",
    ]

    private static func text(_ title: String, _ description: String) -> JSON {
        ["description": .string(description), "title": .string(title), "type": "string"]
    }

    private static func word(_ title: String, _ description: String, _ words: [String]) -> JSON {
        [
            "anyOf": [
                ["enum": .array(words.map(JSON.string)), "type": "string"], ["type": "string"], ["type": "null"],
            ],
            "default": nil,
            "description": .string(description),
            "title": .string(title),
        ]
    }

    private static func reference(_ definition: String, _ description: String) -> JSON {
        [
            "anyOf": [["$ref": .string("#/$defs/\(definition)")], ["type": "null"]],
            "default": nil,
            "description": .string(description),
        ]
    }
}
