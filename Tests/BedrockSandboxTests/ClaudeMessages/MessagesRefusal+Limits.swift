import JSON

@testable import BedrockSandbox

// MARK: - Thinking, media and limits

extension MessagesRefusal {
    static let thinking: [MessagesRefusal] = [
        MessagesRefusal(
            "budget as large as max_tokens",
            ["messages": [hello], "max_tokens": 1024, "thinking": .budget],
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at …"
        ),
        MessagesRefusal(
            "temperature",
            ["messages": [hello], "temperature": 0.5, "thinking": .budget],
            "`temperature` may only be set to 1 when thinking is enabled. …"
        ),
        MessagesRefusal(
            "top_p",
            ["messages": [hello], "top_p": 0.9, "thinking": .budget],
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled. …"
        ),
        MessagesRefusal(
            "top_k",
            ["messages": [hello], "top_k": 3, "thinking": .budget],
            "`top_k` must be unset when thinking is enabled. …"
        ),
        MessagesRefusal(
            "forced choice",
            ["messages": [hello], "tools": .customTools("a"), "tool_choice": ["type": "any"], "thinking": .budget],
            "Thinking may not be enabled when tool_choice forces tool use."
        ),
        MessagesRefusal(
            "model without thinking",
            model: Model.claudeWithoutCache,
            ["messages": [hello], "thinking": .budget],
            "thinking: This model does not support thinking."
        ),
        MessagesRefusal(
            "adaptive on an early model",
            ["messages": [hello], "thinking": ["type": "adaptive"]],
            "adaptive thinking is not supported on this model"
        ),
        MessagesRefusal(
            "budget on a late model",
            model: opus47,
            ["messages": [hello], "thinking": .budget],
            "\"thinking.type.enabled\" is not supported for this model. …"
        ),
        MessagesRefusal(
            "signature of other words",
            [
                "thinking": .budget,
                "messages": [
                    hello,
                    .said(
                        "assistant",
                        .thought("a", signature: ReasoningSeal.signature(of: "b")),
                        .textBlock("c")
                    ), hello,
                ],
            ],
            "messages.1.content.0: Invalid `signature` in `thinking` block"
        ),
        MessagesRefusal(
            "redacted data",
            [
                "messages": [
                    hello, .said("assistant", ["type": "redacted_thinking", "data": "AAAA"], .textBlock("c")), hello,
                ]
            ],
            "messages.1.content.0: Invalid `data` in `redacted_thinking` block"
        ),
        MessagesRefusal(
            "text before thinking",
            ["messages": [hello, .said("assistant", .textBlock("a"), .thought("b"), .textBlock("c")), hello]],
            "messages.1.content.0: If an assistant message contains any thinking blocks, the first block must be …"
        ),
        MessagesRefusal(
            "thinking at the end",
            ["messages": [hello, .said("assistant", .thought("b")), hello]],
            "messages.1: The final block in an assistant message cannot be `thinking`."
        ),
        MessagesRefusal(
            "call without its thinking",
            [
                "thinking": .budget,
                "messages": [hello, .said("assistant", .call("a")), .said("user", .result("a"))],
            ],
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When …"
        ),
        MessagesRefusal(
            "prefill with thinking",
            ["thinking": .budget, "messages": [hello, .said("assistant", "So")]],
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. When …"
        ),
        MessagesRefusal(
            "prefill of thinking that is off",
            ["messages": [hello, .said("assistant", .thought("a"), .textBlock("b"))]],
            "messages.1.content.0: When thinking is disabled, an `assistant` message in the final position cannot …"
        ),
    ]

    static let media: [MessagesRefusal] = [
        MessagesRefusal(
            "other format than said",
            ["messages": [.said("user", .picture([0xFF, 0xD8, 0xFF]))]],
            "messages.0.content.0.image.source.base64.data: The image was specified using the image/png media type, but "
                + "the image appears to be a image/jpeg image"
        ),
        MessagesRefusal(
            "no image",
            ["messages": [.said("user", .picture([1, 2, 3]))]],
            "messages.0.content.0.image.source.base64.data: Could not process image"
        ),
        MessagesRefusal(
            "no base64",
            [
                "messages": [
                    .said(
                        "user",
                        ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "%"]]
                    )
                ]
            ],
            "messages.0.content.0.image.source.base64: invalid base64 data"
        ),
        MessagesRefusal(
            "too large an image",
            ["messages": [.said("user", .picture(Array(repeating: 0x89, count: 3_932_163)))]],
            "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 5242884 bytes > 5242880 bytes"
        ),
        MessagesRefusal(
            "too wide an image",
            [
                "messages": [
                    .said(
                        "user",
                        .picture(
                            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
                                + [0, 0, 0x1F, 0x41, 0, 0, 0, 1]
                        )
                    )
                ]
            ],
            "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed …"
        ),
        MessagesRefusal(
            "PDF on an early model",
            model: Model.claudeWithoutCache,
            [
                "messages": [
                    .said(
                        "user",
                        [
                            "type": "document",
                            "source": ["type": "base64", "media_type": "application/pdf", "data": "JVBERg=="],
                        ]
                    )
                ]
            ],
            "'claude-3-haiku-20240307' does not support PDF input."
        ),
        MessagesRefusal(
            "image by URL",
            [
                "messages": [
                    .said("user", ["type": "image", "source": ["type": "url", "url": "https://example.com/a.png"]])
                ]
            ],
            "messages.0.content.0.image.source.url: Unable to download the file. …"
        ),
    ]

    static let limits: [MessagesRefusal] = [
        MessagesRefusal(
            "five marks",
            ["messages": [marked(.shortMark, .shortMark, .shortMark, .shortMark)], "cache_control": .shortMark],
            "A maximum of 4 blocks with cache_control may be provided. Found 5."
        ),
        MessagesRefusal(
            "long after short",
            ["messages": [marked(.shortMark, .longMark)]],
            "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. …"
        ),
        MessagesRefusal(
            "max_tokens of the model",
            model: Model.claudeWithoutCache,
            ["messages": [hello], "max_tokens": 4097],
            "max_tokens: 4097 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307"
        ),
        MessagesRefusal(
            "max_tokens without beta",
            ["messages": [hello], "max_tokens": 64001],
            "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for …"
        ),
        MessagesRefusal(
            "blank stop sequence",
            ["messages": [hello], "stop_sequences": ["a", " \n"]],
            "stop_sequences: each stop sequence must contain non-whitespace"
        ),
        MessagesRefusal(
            "both of temperature and top_p",
            model: sonnet45,
            ["messages": [hello], "temperature": 0.5, "top_p": 0.5],
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        ),
        MessagesRefusal(
            "temperature of a late model",
            model: opus47,
            ["messages": [hello], "temperature": 0.5],
            "`temperature` is deprecated for this model."
        ),
        MessagesRefusal(
            "effort of an early model",
            ["messages": [hello], "output_config": ["effort": "low"]],
            "This model does not support the effort parameter."
        ),
        MessagesRefusal(
            "too long a prompt",
            ["messages": [.said("user", String(repeating: "word ", count: 200_000))]],
            "prompt is too long: 250000 tokens > 200000 maximum"
        ),
    ]
}
