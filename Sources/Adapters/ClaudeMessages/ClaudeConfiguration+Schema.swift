import JSON

extension ClaudeConfiguration {
    /// JSON Schema of the configuration, the same for all deployments: the service says what a model cannot do.
    static let schema: JSON = [
        "title": "ClaudeConfigurationWithThinking",
        "type": "object",
        "properties": [
            "betas": [
                "anyOf": [
                    [
                        "type": "array",
                        "items": [
                            "anyOf": [
                                ["type": "string"], ["type": "string", "enum": .array(knownBetas.map(JSON.string))],
                            ]
                        ],
                    ],
                    ["type": "null"],
                ],
                "default": nil,
                "title": "Betas",
                "description": """
                Beta features to turn on, sent as the anthropic-beta header. Which of them a model takes is up to the \
                service.
                """,
            ],
            "enable_citations": ["type": "boolean", "default": false, "title": "Enable Citations"],
            "thinking": [
                "anyOf": [
                    ["$ref": "#/$defs/BetaThinkingConfigEnabledParam"],
                    ["$ref": "#/$defs/BetaThinkingConfigDisabledParam"],
                    ["$ref": "#/$defs/BetaThinkingConfigAdaptiveParam"],
                    ["type": "object", "additionalProperties": true],
                    ["type": "null"],
                ],
                "default": nil,
                "title": "Thinking",
            ],
            "effort": [
                "anyOf": [
                    ["type": "string", "enum": ["low", "medium", "high", "xhigh", "max"]],
                    ["type": "string"],
                    ["type": "null"],
                ],
                "default": nil,
                "title": "Effort",
            ],
        ],
        "additionalProperties": false,
        "$defs": [
            "BetaThinkingConfigEnabledParam": definition(
                "BetaThinkingConfigEnabledParam",
                type: "enabled",
                ["budget_tokens": ["type": "integer", "title": "Budget Tokens"], "display": display],
                required: ["budget_tokens", "type"]
            ),
            "BetaThinkingConfigDisabledParam": definition(
                "BetaThinkingConfigDisabledParam",
                type: "disabled",
                [:],
                required: ["type"]
            ),
            "BetaThinkingConfigAdaptiveParam": definition(
                "BetaThinkingConfigAdaptiveParam",
                type: "adaptive",
                ["display": display],
                required: ["type"]
            ),
        ],
    ]

    private static let display: JSON = [
        "anyOf": [["type": "string", "enum": ["summarized", "omitted"]], ["type": "null"]], "title": "Display",
    ]

    private static func definition(_ title: String, type: String, _ others: JSONObject, required: [JSON]) -> JSON {
        var properties = others
        properties["type"] = ["const": .string(type), "type": "string", "title": "Type"]
        return [
            "title": .string(title), "type": "object", "properties": .object(properties), "required": .array(required),
            "additionalProperties": false,
        ]
    }

    /// For forms that offer a choice; any other flag is taken too. Source: Anthropic API reference "Beta headers".
    private static let knownBetas = [
        "message-batches-2024-09-24",
        "prompt-caching-2024-07-31",
        "computer-use-2024-10-22",
        "computer-use-2025-01-24",
        "pdfs-2024-09-25",
        "token-counting-2024-11-01",
        "token-efficient-tools-2025-02-19",
        "output-128k-2025-02-19",
        "files-api-2025-04-14",
        "mcp-client-2025-04-04",
        "mcp-client-2025-11-20",
        "dev-full-thinking-2025-05-14",
        "interleaved-thinking-2025-05-14",
        "code-execution-2025-05-22",
        "extended-cache-ttl-2025-04-11",
        "context-1m-2025-08-07",
        "context-management-2025-06-27",
        "model-context-window-exceeded-2025-08-26",
        "skills-2025-10-02",
        "fast-mode-2026-02-01",
        "output-300k-2026-03-24",
        "user-profiles-2026-03-24",
        "user-profiles-2026-08-18",
        "advisor-tool-2026-03-01",
        "managed-agents-2026-04-01",
        "cache-diagnosis-2026-04-07",
        "dreaming-2026-04-21",
        "thinking-token-count-2026-05-13",
        "server-side-fallback-2026-06-01",
        "server-side-fallback-2026-07-01",
        "fallback-credit-2026-06-01",
        "fallback-credit-2026-07-01",
        "agent-memory-2026-07-22",
        "mid-conversation-tool-changes-2026-07-01",
    ]
}
