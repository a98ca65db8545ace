import JSON

/// Gives a planned answer its form: the JSON of Converse or the events of ConverseStream.
struct ConverseAnswer {
    let request: ConverseRequest
    let plan: AnswerPlan
    let share: PromptCache.Share
    let delivery: Delivery

    private var metrics: JSON { ["latencyMs": JSON(delivery.latency(tokens: plan.tokens))] }

    private var usage: JSON {
        let output = plan.tokens
        var usage: JSONObject = [
            "inputTokens": JSON(share.input),
            "outputTokens": JSON(output),
            "totalTokens": JSON(share.input + output + share.read + share.write),
        ]
        if share.isCaching {
            usage["cacheReadInputTokens"] = JSON(share.read)
            usage["cacheWriteInputTokens"] = JSON(share.write)
        }
        return .object(usage)
    }

    private var additionalFields: JSON? {
        guard let sequence = plan.stopSequence, request.responseFieldPaths.contains("/stop_sequence") else {
            return nil
        }
        return ["stop_sequence": .string(sequence)]
    }

    // MARK: Converse

    func whole() -> SandboxAnswer {
        var content: [JSON] = []
        for block in plan.blocks {
            switch block {
            case .reasoning(let text, let signature):
                var reasoning: JSONObject = ["text": .string(text.text)]
                if let signature { reasoning["signature"] = .string(signature) }
                content.append(["reasoningContent": ["reasoningText": .object(reasoning)]])
            case .text(let text): content.append(["text": .string(text.text)])
            case .redactedReasoning(let data): content.append(["reasoningContent": ["redactedContent": .string(data)]])
            case .toolUse(let id, let name, let input, _):
                // A call that the token limit cut short cannot be told as JSON.
                guard block.isWhole else { continue }
                content.append([
                    "toolUse": ["toolUseId": .string(id), "name": .string(name), "input": input]
                ])
            }
        }
        var body: JSONObject = [
            "metrics": metrics,
            "output": ["message": ["content": .array(content), "role": "assistant"]],
            "stopReason": .string(plan.stopReason),
            "usage": usage,
        ]
        if let additionalFields { body["additionalModelResponseFields"] = additionalFields }
        if let trace = plan.trace { body["trace"] = trace }
        if let latency = request.latency { body["performanceConfig"] = ["latency": .string(latency)] }
        return delivery.whole(.json(.object(body)), tokens: plan.tokens)
    }

    // MARK: ConverseStream

    func stream() -> SandboxAnswer {
        let headers = [SandboxHeader("Content-Type", "application/vnd.amazon.eventstream")]
        return delivery.stream(segments(), headers, .converse)
    }

    private func segments() -> [StreamScript.Segment] {
        var segments: [StreamScript.Segment] = [
            .frame(EventFrame.event("messageStart", ["role": "assistant"], padded: 0))
        ]
        segments += delivery.wait
        for (index, block) in plan.blocks.enumerated() {
            let number = JSON(index)
            func delta(_ kind: ConverseDelta.Kind) -> ConverseDelta { ConverseDelta(block: index, kind: kind) }
            switch block {
            case .reasoning(let text, let signature):
                segments.append(.deltas(delta(.reasoning).run(text)))
                if let signature { segments.append(.frame(delta(.signature).frame(signature, index))) }
            case .redactedReasoning(let data):
                segments.append(.frame(delta(.redactedReasoning).frame(data, index)))
            case .text(let text): segments.append(.deltas(delta(.text).run(text)))
            case .toolUse(let id, let name, _, let pieces):
                let start: JSON = ["toolUse": ["name": .string(name), "toolUseId": .string(id)]]
                segments.append(
                    .frame(
                        EventFrame.event(
                            "contentBlockStart",
                            ["contentBlockIndex": number, "start": start],
                            padded: index
                        )
                    )
                )
                segments.append(.deltas(delta(.toolInput).run(pieces)))
            }
            segments.append(
                .frame(EventFrame.event("contentBlockStop", ["contentBlockIndex": number], padded: index + 5))
            )
        }
        return segments + [.frame(messageStop), .frame(metadata)]
    }

    private var messageStop: [UInt8] {
        var payload: JSONObject = ["stopReason": .string(plan.stopReason)]
        if let additionalFields { payload["additionalModelResponseFields"] = additionalFields }
        return EventFrame.event("messageStop", payload, padded: 3)
    }

    private var metadata: [UInt8] {
        var payload: JSONObject = ["metrics": metrics, "usage": usage]
        if let trace = plan.trace { payload["trace"] = trace }
        if let latency = request.latency { payload["performanceConfig"] = ["latency": .string(latency)] }
        return EventFrame.event("metadata", payload, padded: 7)
    }
}
