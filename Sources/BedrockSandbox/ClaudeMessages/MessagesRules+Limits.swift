import JSON

// MARK: - Cache marks, parameters and betas

extension MessagesRules {
    private static let maximumCacheMarks = 4

    func checkCacheMarks() throws(AnthropicError) {
        var marks = request.tools.compactMap(\.mark) + request.system.compactMap(\.mark)
        for message in request.messages {
            for block in message.blocks {
                if case .toolResult(let result) = block.content { marks += result.content.compactMap(\.mark) }
                if let mark = block.mark { marks.append(mark) }
            }
        }
        if let mark = request.mark { marks.append(mark) }
        guard marks.count <= Self.maximumCacheMarks else {
            throw .invalid(
                "A maximum of \(Self.maximumCacheMarks) blocks with cache_control may be provided. Found \(marks.count)."
            )
        }
        for (earlier, later) in zip(marks, marks.dropFirst()) where !earlier.isLong && later.isLong {
            throw .invalid(
                "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks "
                    + "are processed in the following order: `tools`, `system`, `messages`."
            )
        }
    }

    func checkParameters() throws(AnthropicError) {
        if let maximum = request.maximumTokens, maximum > maximumOutput {
            throw .invalid(
                "max_tokens: \(maximum) > \(maximumOutput), which is the maximum allowed number of output tokens for "
                    + model.anthropicName
            )
        }
        guard !request.stopSequences.contains(where: Self.isBlank) else {
            throw .invalid("stop_sequences: each stop sequence must contain non-whitespace")
        }
        let temperature = request.json["temperature"]?.doubleValue
        let topP = request.json["top_p"]
        switch model.sampling {
        case .both: break
        case .oneOf:
            if temperature != nil, topP != nil {
                throw .invalid(
                    "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
                )
            }
        case .none:
            if let temperature, temperature != 1 { throw .invalid("`temperature` is deprecated for this model.") }
            if topP != nil { throw .invalid("`top_p` is deprecated for this model.") }
            if request.json["top_k"] != nil { throw .invalid("`top_k` is deprecated for this model.") }
        }
        if request.json["output_config"]?["effort"]?.stringValue != nil, !model.reasoning.takesEffort {
            throw .invalid("This model does not support the effort parameter.")
        }
    }

    /// The most tokens of an answer, which a beta can raise.
    private var maximumOutput: Int {
        guard let beta = model.outputBeta, !request.betas.contains(beta.flag) else { return model.maximumOutput }
        return beta.limitWithout
    }

    func checkBetas() throws(AnthropicError) {
        let unknown = request.betas.filter { !transport.knows(beta: $0, model: model) }
        guard !unknown.isEmpty else { return }
        guard !transport.isBedrock else { throw .invalid("invalid beta flag") }
        throw .invalid(
            "Unexpected value(s) \(unknown.map { "`\($0)`" }.joined(separator: ", ")) for the `anthropic-beta` header. "
                + "Please consult our documentation at docs.claude.com or try again without the header."
        )
    }
}
