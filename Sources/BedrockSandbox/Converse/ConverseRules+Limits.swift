import JSON

// MARK: - Cache points, inference parameters and the rest

extension ConverseRules {
    static let maximumCachePoints = 4

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
        guard timesToLive.count <= Self.maximumCachePoints else {
            throw .model(
                "A maximum of \(Self.maximumCachePoints) blocks with cache_control may be provided. "
                    + "Found \(timesToLive.count)."
            )
        }
        for (earlier, later) in zip(timesToLive, timesToLive.dropFirst()) where earlier == "5m" && later == "1h" {
            throw .model(
                "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
                    + "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
            )
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
        guard request.stopSequences.count <= model.stopSequences else {
            throw .model(
                "Malformed input request: #/inferenceConfig/stopSequences: expected maximum item count: "
                    + "\(model.stopSequences), found: \(request.stopSequences.count), please reformat your input and "
                    + "try again."
            )
        }
        if model.family == .claude, request.stopSequences.contains(where: Self.isBlank) {
            throw .model("stop_sequences: each stop sequence must contain non-whitespace")
        }
        switch model.sampling {
        case .both: return
        case .oneOf:
            if request.temperature != nil, request.topP != nil {
                throw .model(
                    "`temperature` and `top_p` cannot both be specified for this model. "
                        + "Please use only one."
                )
            }
        case .none:
            if let temperature = request.temperature, temperature != 1 {
                throw .model("`temperature` is deprecated for this model.")
            }
            if request.topP != nil { throw .model("`top_p` is deprecated for this model.") }
        }
    }

    func checkExtras() throws(AWSError) {
        if request.optimizedLatency, !model.optimizedLatency {
            throw .validation("Latency performance configuration is not supported for \(model.id).")
        }
        try checkGuardrail()
        for (key, value) in request.additionalFields {
            // What Nova knows besides Converse's own parameters. Source: Amazon Nova user guide, "Complete request schema".
            if model.family == .nova, key == "inferenceConfig", value.objectValue?.keys == ["topK"] { continue }
            guard model.family == .claude else { throw .extraneousKey(key, at: "#") }
            switch key {
            case "thinking", "reasoning_config": try checkThinking(value)
            case "top_k", "anthropic_beta", "anthropic_version": continue
            default: throw .model("\(key): Extra inputs are not permitted")
            }
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
        guard model.reasoning.isOnRequest else {
            throw .model("thinking: This model does not support thinking.")
        }
        guard value["type"]?.stringValue == "enabled" else { return }
        guard let budget = value["budget_tokens"]?.intValue else {
            throw .model("thinking.enabled.budget_tokens: Field required")
        }
        guard budget >= 1024 else {
            throw .model("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        }
        guard budget < request.maximumTokens ?? model.maximumOutput else {
            throw .model("`max_tokens` must be greater than `thinking.budget_tokens`.")
        }
        if let choice = request.toolChoice, choice.kind != .auto {
            throw .model("Thinking may not be enabled when tool_choice forces tool use.")
        }
        if let temperature = request.temperature, temperature != 1 {
            throw .model("`temperature` may only be set to 1 when thinking is enabled.")
        }
    }
}
