import JSON

/// What an answer amounts to, however it was cut into chunks: the form in which vectors are compared.
enum MergedAnswer {
    /// The part of a block answer, or of a vector's expectation, that is compared.
    static func normalized(_ answer: JSON, usage comparesUsage: Bool) -> JSON {
        var result = JSONObject()
        result["choices"] = .array(
            (answer["choices"]?.arrayValue ?? []).map { choice in
                let message = choice["message"]
                return [
                    "index": choice["index"] ?? .null,
                    "finish_reason": choice["finish_reason"] ?? .null,
                    "content": .string(message?["content"]?.stringValue ?? ""),
                    "tool_calls": .array((message?["tool_calls"]?.arrayValue ?? []).map(call)),
                    "function_call": function(message?["function_call"] ?? .null),
                    "attachments": message?["custom_content"]?["attachments"] ?? [],
                ]
            }
        )
        if comparesUsage {
            let usage = answer["usage"]
            result["usage"] = ["prompt_tokens", "completion_tokens", "total_tokens"].reduce(into: JSON.array([])) {
                counts,
                key in
                counts = .array((counts.arrayValue ?? []) + [usage?[key] ?? .null])
            }
        }
        result["discarded_messages"] = answer["statistics"]?["discarded_messages"] ?? .null
        return .object(result)
    }

    private static func call(_ call: JSON) -> JSON {
        ["id": call["id"] ?? .null, "type": call["type"] ?? .null, "function": call["function"].map(function) ?? .null]
    }

    private static func function(_ function: JSON) -> JSON {
        if function.isNull { return .null }
        let arguments = function["arguments"]?.stringValue ?? ""
        return ["name": function["name"] ?? .null, "arguments": (try? JSON(parsing: arguments)) ?? .string(arguments)]
    }

    /// The block answer that the chunks of a stream come to; an error event becomes its member `error`.
    static func block(_ events: [JSON]) -> JSON {
        var choices: [Int: (reason: JSON, message: Message)] = [:]
        var block = JSONObject()
        for event in events {
            for key in ["usage", "statistics", "error"] {
                if let value = event[key], !value.isNull { block[key] = value }
            }
            for choice in event["choices"]?.arrayValue ?? [] {
                let index = choice["index"]?.intValue ?? 0
                var merged = choices[index] ?? (.null, Message())
                if let reason = choice["finish_reason"], !reason.isNull { merged.reason = reason }
                merged.message.add(choice["delta"] ?? .null)
                choices[index] = merged
            }
        }
        block["choices"] = .array(
            choices.keys.sorted().map { index in
                [
                    "index": JSON(index), "finish_reason": choices[index]?.reason ?? .null,
                    "message": choices[index]?.message.json ?? .null,
                ]
            }
        )
        return .object(block)
    }

    private struct Message {
        var content = ""
        var toolCalls: [JSON] = []
        var functionCall: JSON?
        var attachments: [JSON] = []

        /// These deployments send calls and attachments in one piece.
        mutating func add(_ delta: JSON) {
            content += delta["content"]?.stringValue ?? ""
            toolCalls += delta["tool_calls"]?.arrayValue ?? []
            functionCall = delta["function_call"] ?? functionCall
            for attachment in delta["custom_content"]?["attachments"]?.arrayValue ?? [] {
                var members = attachment.objectValue ?? [:]
                members["index"] = nil
                attachments.append(.object(members))
            }
        }

        var json: JSON {
            [
                "content": .string(content), "tool_calls": .array(toolCalls), "function_call": functionCall ?? .null,
                "custom_content": ["attachments": .array(attachments)],
            ]
        }
    }
}
