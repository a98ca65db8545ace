import Bedrock
import JSON

extension ClaudePrompt {
    /// The request of the Messages API. Bedrock is told model and streaming by the path.
    func body(_ parameters: ClaudeParameters, _ operation: UpstreamOperation, model: String) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 1024)
        writer.beginObject()
        if case .anthropicMessages(let stream) = operation {
            writer.key("model")
            writer.string(model)
            writer.key("stream")
            writer.bool(stream)
        } else {
            writer.key("anthropic_version")
            writer.string("bedrock-2023-05-31")
            if !parameters.betas.isEmpty {
                writer.key("anthropic_beta")
                writer.value(.array(parameters.betas.map(JSON.string)))
            }
        }
        writer.key("max_tokens")
        writer.number(parameters.maxTokens)
        parameters.writeOptionalMembers(to: &writer)
        // The prefix that caching compares: tools, system, messages.
        if !tools.definitions.isEmpty {
            writer.key("tools")
            writer.beginArray()
            for tool in tools.definitions { writer.object(tool.json) }
            writer.endArray()
        }
        if !system.isEmpty {
            writer.key("system")
            writer.blocks(system)
        }
        writer.key("messages")
        writer.beginArray()
        for turn in turns {
            writer.beginObject()
            writer.key("role")
            writer.string(turn.role.rawValue)
            writer.key("content")
            writer.blocks(turn.blocks)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.take()
    }
}

extension ClaudeParameters {
    fileprivate func writeOptionalMembers(to writer: inout JSONWriter) {
        writer.key("stop_sequences")
        writer.value(.array(stopSequences.map(JSON.string)))
        if let temperature {
            writer.key("temperature")
            writer.number(temperature)
        }
        if let topP {
            writer.key("top_p")
            writer.number(topP)
        }
        if let thinking {
            writer.key("thinking")
            writer.object(thinking)
        }
        if let toolChoice {
            writer.key("tool_choice")
            writer.value(toolChoice.json)
        }
        if let outputConfiguration {
            writer.key("output_config")
            writer.object(outputConfiguration)
        }
        if let cacheControl {
            writer.key("cache_control")
            writer.value(cacheControl.json)
        }
    }

    private var outputConfiguration: JSONObject? {
        var members = JSONObject()
        if let effort { members.append("effort", .string(effort)) }
        if let outputSchema { members.append("format", ["type": "json_schema", "schema": .object(outputSchema)]) }
        return members.isEmpty ? nil : members
    }
}

extension JSONWriter {
    fileprivate mutating func blocks(_ blocks: [ClaudeContentBlock]) {
        beginArray()
        for block in blocks { object(block.json) }
        endArray()
    }
}
