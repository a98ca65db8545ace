import JSON

@testable import BedrockSandbox

extension RefusalTests {
    static let parameters: [Refusal] = [
        Refusal(
            "temperature above 1",
            ["messages": [hello], "inferenceConfig": ["temperature": 1.5]],
            "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: "
                + "Member must have value less than or equal to 1"
        ),
        Refusal(
            "topP below 0 and no tokens",
            ["messages": [hello], "inferenceConfig": ["topP": -0.1, "maxTokens": 0]],
            "2 validation errors detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member "
                + "must have value greater than or equal to 1; Value '-0.1' at …"
        ),
        Refusal(
            "more tokens than the model has",
            model: Model.claudeWithoutCache,
            ["messages": [hello], "inferenceConfig": ["maxTokens": 4097]],
            "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that "
                + "is lower than 4096."
        ),
        Refusal(
            "temperature and topP on newer Claude",
            model: "anthropic.claude-sonnet-4-5-20250929-v1:0",
            ["messages": [hello], "inferenceConfig": ["temperature": 1, "topP": 1]],
            "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this "
                + "model. Please use only one."
        ),
        Refusal(
            "topP on the newest Claude",
            model: "anthropic.claude-opus-4-7",
            ["messages": [hello], "inferenceConfig": ["topP": 1]],
            "The model returned the following errors: `top_p` is deprecated for this model."
        ),
        Refusal(
            "five stop sequences on Nova",
            ["messages": [hello], "inferenceConfig": ["stopSequences": ["a", "b", "c", "d", "e"]]],
            "The model returned the following errors: Malformed input request: #/inferenceConfig/stopSequences: …"
        ),
        Refusal(
            "empty stop sequence",
            ["messages": [hello], "inferenceConfig": ["stopSequences": [""]]],
            "1 validation error detected: Value '' at 'inferenceConfig.stopSequences.1.member' failed …"
        ),
        Refusal(
            "blank stop sequence on Claude",
            model: Model.claude,
            ["messages": [hello], "inferenceConfig": ["stopSequences": ["\n"]]],
            "The model returned the following errors: stop_sequences: each stop sequence must contain non-whitespace"
        ),
        Refusal(
            "optimized latency",
            ["messages": [hello], "performanceConfig": ["latency": "optimized"]],
            "Latency performance configuration is not supported for amazon.nova-lite-v1:0."
        ),
        Refusal(
            "unknown latency",
            ["messages": [hello], "performanceConfig": ["latency": "warp"]],
            "1 validation error detected: Value 'warp' at 'performanceConfig.latency' failed to satisfy constraint: "
                + "Member must satisfy enum value set: [standard, optimized]"
        ),
        Refusal(
            "unknown guardrail",
            ["messages": [hello], "guardrailConfig": ["guardrailIdentifier": "missing", "guardrailVersion": "1"]],
            "The guardrail identifier or version provided in the request does not exist."
        ),
        Refusal(
            "guardrail of Command R",
            model: Model.commandR,
            ["messages": [hello], "guardrailConfig": ["guardrailIdentifier": "a", "guardrailVersion": "1"]],
            "This model doesn't support guardrails."
        ),
        Refusal(
            "stream mode without a stream",
            [
                "messages": [hello],
                "guardrailConfig": [
                    "guardrailIdentifier": "a", "guardrailVersion": "1", "streamProcessingMode": "sync",
                ],
            ],
            "The model returned the following errors: Malformed input request: #/guardrailConfig: extraneous key "
                + "[streamProcessingMode] is not permitted, please reformat your input and try again."
        ),
        Refusal(
            "OpenAI's fields",
            ["messages": [hello], "additionalModelRequestFields": ["logit_bias": [:]]],
            "The model returned the following errors: Malformed input request: #: extraneous key [logit_bias] …"
        ),
        Refusal(
            "small thinking budget",
            model: Model.claude,
            [
                "messages": [hello],
                "additionalModelRequestFields": ["thinking": ["type": "enabled", "budget_tokens": 100]],
            ],
            "The model returned the following errors: thinking.enabled.budget_tokens: Input should be greater …"
        ),
        Refusal(
            "a budget on the newest Claude",
            model: "anthropic.claude-opus-4-7",
            [
                "messages": [hello],
                "additionalModelRequestFields": ["thinking": ["type": "enabled", "budget_tokens": 1024]],
            ],
            "The model returned the following errors: \"thinking.type.enabled\" is not supported for this model. …"
        ),
        Refusal(
            "adaptive thinking of an early Claude",
            model: Model.claude,
            ["messages": [hello], "additionalModelRequestFields": ["thinking": ["type": "adaptive"]]],
            "The model returned the following errors: adaptive thinking is not supported on this model"
        ),
        Refusal(
            "a context too long",
            model: "meta.llama3-8b-instruct-v1:0",
            ["messages": [.user(String(repeating: "word ", count: 7000))]],
            "Input is too long for requested model."
        ),
        Refusal(
            "a context too long for Claude",
            model: Model.claude,
            ["messages": [.user(String(repeating: "word", count: 200_001))]],
            "The model returned the following errors: prompt is too long: 200001 tokens > 200000 maximum"
        ),
    ]

    static let form: [Refusal] = [
        Refusal(
            "unknown member",
            ["messages": [hello], "stream": true],
            "The model returned the following errors: Malformed input request: #: extraneous key [stream] is not "
                + "permitted, please reformat your input and try again."
        ),
        Refusal(
            "unknown member deep down",
            ["messages": [.user(["text": "a", "type": "text"])]],
            "The model returned the following errors: Malformed input request: #/messages/0/content/0: extraneous key "
                + "[type] is not permitted, please reformat your input and try again."
        ),
        Refusal(
            "two members of a union",
            ["messages": [.user(["text": "a", "cachePoint": ["type": "default"]])]],
            "The value at messages.0.content.0 has more than one member set: text, cachePoint. …"
        ),
        Refusal(
            "no member of a union",
            ["messages": [.user([:])]],
            "The value at messages.0.content.0 is empty. …"
        ),
        Refusal(
            "missing role",
            ["messages": [["content": [["text": "a"]]]]],
            "1 validation error detected: Value null at 'messages.1.member.role' failed to satisfy constraint: Member "
                + "must not be null"
        ),
        Refusal(
            "unknown role",
            ["messages": [["role": "system", "content": [["text": "a"]]]]],
            "1 validation error detected: Value at 'messages.1.member.role' failed to satisfy constraint: Member must "
                + "satisfy enum value set: [user, assistant]"
        ),
        Refusal(
            "text that is a number",
            ["messages": [.user(["text": 1])]],
            type: "SerializationException",
            "NUMBER_VALUE can not be converted to a String"
        ),
        Refusal(
            "content that is a string",
            ["messages": [["role": "user", "content": "hello"]]],
            type: "SerializationException",
            "STRING_VALUE can not be converted to a List"
        ),
        Refusal(
            "object for a string",
            ["messages": [.user(["text": ["a": 1]])]],
            type: "SerializationException",
            "Start of structure or map found where not expected."
        ),
        Refusal(
            "fraction for a count",
            ["messages": [hello], "inferenceConfig": ["maxTokens": 1.5]],
            type: "SerializationException",
            "DECIMAL_VALUE can not be converted to an Integer"
        ),
        Refusal(
            "not base64",
            ["messages": [.user(["image": ["format": "png", "source": ["bytes": "a-_="]]])]],
            type: "SerializationException",
            "The value at 'messages.1.member.content.1.member.image.source.bytes' is not valid base64."
        ),
    ]
}
