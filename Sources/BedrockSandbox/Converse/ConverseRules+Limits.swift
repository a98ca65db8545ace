import JSON

// MARK: - Cache points, inference parameters and the rest

extension ConverseRules {
    func checkCachePoints() throws(AWSError) {
        var timesToLive: [String] = []
        for (index, tool) in (request.tools ?? []).enumerated() {
            guard case .cachePoint(let time) = tool else { continue }
            timesToLive.append(time ?? "5m")
            guard model.cache != .none else { throw Self.noCaching }
            guard model.cache == .everywhere else {
                throw .extraneousKey("cachePoint", at: "#/toolConfig/tools/\(index)")
            }
            guard index > 0 else { throw .model("tools: a cache point must follow a tool") }
        }
        for block in request.system {
            if case .cachePoint(let time) = block { timesToLive.append(time ?? "5m") }
        }
        try forEachBlock { place, message, block throws(AWSError) in
            guard case .cachePoint(let time) = block else { return }
            timesToLive.append(time ?? "5m")
            // Claude's form of a text document has no place for the mark.
            if place.block > 0, case .document(let document) = message.blocks[place.block - 1],
                model.family == .claude, document.format != "pdf"
            {
                throw .model("\(place.text).type: Field required")
            }
        }
        guard !timesToLive.isEmpty else { return }
        guard model.cache != .none else { throw Self.noCaching }
        try byModel { () throws(AnthropicError) in
            try ClaudeRules.checkCacheMarks(areLong: timesToLive.map { $0 == "1h" })
        }
    }

    private static let noCaching = AWSError.accessDenied(
        "You invoked an unsupported model or your request did not allow prompt caching. "
            + "See the documentation for more information."
    )

    func checkInference() throws(AWSError) {
        if let maximum = request.maximumTokens, maximum > model.maximumOutput {
            throw .validation(
                "The maximum tokens you requested exceeds the model limit of \(model.maximumOutput). "
                    + "Try again with a maximum tokens value that is lower than \(model.maximumOutput)."
            )
        }
        guard request.stopSequences.isEmpty || model.stopSequences > 0 else { throw .unsupported("stopSequences") }
        guard request.stopSequences.count <= model.stopSequences else {
            throw .model(
                "Malformed input request: #/inferenceConfig/stopSequences: expected maximum item count: "
                    + "\(model.stopSequences), found: \(request.stopSequences.count), please reformat your input and "
                    + "try again."
            )
        }
        try byModel { () throws(AnthropicError) in
            if model.family == .claude { try ClaudeRules.checkStopSequences(request.stopSequences) }
            try claude.checkSampling()
        }
    }

    private var claude: ClaudeRules {
        ClaudeRules(
            model: model,
            maximumTokens: request.maximumTokens ?? model.maximumOutput,
            temperature: request.temperature,
            topP: request.topP,
            topK: request.additionalFields["top_k"]
        )
    }

    func checkExtras() throws(AWSError) {
        if request.latency == "optimized", !model.optimizedLatency {
            throw .validation("Latency performance configuration is not supported for \(model.id).")
        }
        guard request.json["outputConfig"] == nil || model.answersInForm else { throw .unsupported("outputConfig") }
        try checkGuardrail()
        try checkEffort()
        for (key, value) in request.additionalFields {
            // What Nova knows besides Converse's own parameters. Source: Amazon Nova user guide, "Complete request schema".
            if model.family == .nova, key == "inferenceConfig", value.objectValue?.keys == ["topK"] { continue }
            if model.ownFields.contains(key) || model.ignoresUnknownFields { continue }
            guard model.family == .claude else { throw .extraneousKey(key, at: "#") }
            switch key {
            case "thinking", "reasoning_config": try checkThinking(value)
            case "top_k", "anthropic_beta", "anthropic_version": continue
            default: throw .model("\(key): Extra inputs are not permitted")
            }
        }
    }

    /// Source: Amazon Nova 2 user guide "Extended thinking".
    private func checkEffort() throws(AWSError) {
        guard request.additionalFields["reasoningConfig"]?["maxReasoningEffort"] == "high" else { return }
        guard request.maximumTokens == nil, request.temperature == nil, request.topP == nil else {
            throw .validation("temperature, topP and maxTokens cannot be used with maxReasoningEffort set to high.")
        }
    }

    private func checkGuardrail() throws(AWSError) {
        guard case .object(let configuration)? = request.json["guardrailConfig"] else { return }
        guard model.guardrails else { throw .validation("This model doesn't support guardrails.") }
        guard configuration["guardrailIdentifier"] != nil, configuration["guardrailVersion"] != nil else {
            throw .validation("The guardrailIdentifier and guardrailVersion fields must both be set.")
        }
        if request.guardrail?.identifier == "missing" {
            throw .validation("The guardrail identifier or version provided in the request does not exist.")
        }
    }

    private func checkThinking(_ value: JSON) throws(AWSError) {
        try byModel { () throws(AnthropicError) in
            try MessagesFields.thinking.check(value, at: "thinking")
            try claude.checkThinking(
                MessagesRequest.Thinking(value),
                forcesTool: request.toolChoice.map { $0.kind != .auto } ?? false,
                interleaves: false
            )
        }
    }
}
