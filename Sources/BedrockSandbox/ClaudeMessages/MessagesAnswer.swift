import JSON

/// Gives a planned answer its form: a message, or the events of a stream in the frames of the transport.
///
/// Source: Anthropic API reference, "Messages" and "Streaming Messages"; AWS API reference,
/// "InvokeModelWithResponseStream".
struct MessagesAnswer {
    let plan: AnswerPlan
    let model: SandboxModel
    let transport: MessagesTransport
    let share: PromptCache.Share
    /// Thinking is signed but not shown.
    let omitsThinking: Bool
    /// What the identifier of the message is made of.
    let seed: String
    let delivery: Delivery

    private func usage(output: Int) -> JSONObject {
        var usage: JSONObject = [
            "input_tokens": JSON(share.input), "cache_creation_input_tokens": JSON(share.write),
            "cache_read_input_tokens": JSON(share.read),
            "cache_creation": [
                "ephemeral_5m_input_tokens": JSON(share.write - share.longWrite),
                "ephemeral_1h_input_tokens": JSON(share.longWrite),
            ],
            "output_tokens": JSON(output),
        ]
        if transport == .anthropic { usage["service_tier"] = "standard" }
        return usage
    }

    private func message(content: [JSON], isDone: Bool, output: Int) -> JSONObject {
        [
            "id": .string(transport.messagePrefix + ASCII.hex(Digest.sha256(seed).prefix(12))), "type": "message",
            "role": "assistant", "model": .string(model.anthropicName), "content": .array(content),
            "stop_reason": isDone ? .string(plan.stopReason) : .null,
            "stop_sequence": isDone ? plan.stopSequence.map(JSON.string) ?? .null : .null,
            "usage": .object(usage(output: output)),
        ]
    }

    // MARK: In one piece

    func whole() -> SandboxAnswer {
        var content: [JSON] = []
        // A call that the token limit cut short cannot be told as JSON.
        for block in plan.blocks where block.isWhole {
            switch block {
            case .reasoning(let text, let signature):
                content.append([
                    "type": "thinking", "thinking": .string(omitsThinking ? "" : text.text),
                    "signature": .string(signature ?? ""),
                ])
            case .redactedReasoning(let data):
                content.append(["type": "redacted_thinking", "data": .string(data)])
            case .text(let text): content.append(["type": "text", "text": .string(text.text)])
            case .toolUse(let id, let name, let input, _):
                content.append(["type": "tool_use", "id": .string(id), "name": .string(name), "input": input])
            }
        }
        let message = message(content: content, isDone: true, output: plan.tokens)
        return delivery.whole(.json(.object(message)), tokens: plan.tokens)
    }

    // MARK: As a stream

    func stream() -> SandboxAnswer {
        let type = transport.isBedrock ? "application/vnd.amazon.eventstream" : "text/event-stream; charset=utf-8"
        return delivery.stream(segments(), [SandboxHeader("Content-Type", type)], .messages(transport))
    }

    private func segments() -> [StreamScript.Segment] {
        var segments = [
            event(["type": "message_start", "message": .object(message(content: [], isDone: false, output: 1))])
        ]
        segments += delivery.wait
        for (index, block) in plan.blocks.enumerated() {
            segments.append(
                event([
                    "type": "content_block_start", "index": JSON(index), "content_block": start(of: block),
                ])
            )
            if index == 0, transport == .anthropic { segments.append(event(["type": "ping"])) }
            segments += deltas(of: block, at: index)
            segments.append(event(["type": "content_block_stop", "index": JSON(index)]))
        }
        return segments + [event(messageDelta), event(messageStop)]
    }

    private func start(of block: AnswerPlan.Block) -> JSON {
        switch block {
        case .reasoning: ["type": "thinking", "thinking": "", "signature": ""]
        case .redactedReasoning(let data): ["type": "redacted_thinking", "data": .string(data)]
        case .text: ["type": "text", "text": ""]
        case .toolUse(let id, let name, _, _):
            ["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]]
        }
    }

    private func deltas(of block: AnswerPlan.Block, at index: Int) -> [StreamScript.Segment] {
        switch block {
        case .reasoning(let text, let signature):
            let thought = MessagesDelta(block: index, kind: .thinking, transport: transport)
            let sealed = MessagesDelta(block: index, kind: .signature, transport: transport)
            let seal = signature.map { [StreamScript.Segment.frame(sealed.frame($0, index))] } ?? []
            return (omitsThinking ? [] : [.deltas(thought.run(text))]) + seal
        case .redactedReasoning: return []
        case .text(let text):
            return [.deltas(MessagesDelta(block: index, kind: .text, transport: transport).run(text))]
        case .toolUse(_, _, _, let pieces):
            return [.deltas(MessagesDelta(block: index, kind: .input, transport: transport).run(pieces))]
        }
    }

    private var messageDelta: JSON {
        var usage = usage(output: plan.tokens)
        usage["cache_creation"] = nil
        usage["service_tier"] = nil
        return [
            "type": "message_delta",
            "delta": [
                "stop_reason": .string(plan.stopReason),
                "stop_sequence": plan.stopSequence.map(JSON.string) ?? .null,
            ],
            "usage": .object(usage),
        ]
    }

    private var messageStop: JSON {
        guard transport.isBedrock else { return ["type": "message_stop"] }
        return [
            "type": "message_stop",
            "amazon-bedrock-invocationMetrics": [
                "inputTokenCount": JSON(share.input), "outputTokenCount": JSON(plan.tokens),
                "invocationLatency": JSON(delivery.latency(tokens: plan.tokens)),
                "firstByteLatency": JSON(delivery.firstToken),
                "cacheReadInputTokenCount": JSON(share.read), "cacheWriteInputTokenCount": JSON(share.write),
            ],
        ]
    }

    private func event(_ json: JSON) -> StreamScript.Segment { .frame(transport.frame(json)) }
}
