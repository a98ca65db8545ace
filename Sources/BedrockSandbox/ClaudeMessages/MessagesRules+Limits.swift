import JSON

// MARK: - Cache marks, parameters and betas

extension MessagesRules {
    func checkCacheMarks() throws(AnthropicError) {
        var marks = request.tools.compactMap(\.mark) + request.system.compactMap(\.mark)
        for message in request.messages {
            for block in message.blocks {
                if case .toolResult(let result) = block.content { marks += result.content.compactMap(\.mark) }
                if let mark = block.mark { marks.append(mark) }
            }
        }
        if let mark = request.mark { marks.append(mark) }
        try ClaudeRules.checkCacheMarks(areLong: marks.map(\.isLong))
    }

    func checkParameters() throws(AnthropicError) {
        if let maximum = request.maximumTokens, maximum > maximumOutput {
            throw .invalid(
                "max_tokens: \(maximum) > \(maximumOutput), which is the maximum allowed number of output tokens for "
                    + model.anthropicName
            )
        }
        try ClaudeRules.checkStopSequences(request.stopSequences)
        try claude.checkSampling()
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
