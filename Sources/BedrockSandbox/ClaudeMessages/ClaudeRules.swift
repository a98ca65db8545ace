import JSON

/// What Claude refuses whichever API it is called by: Converse hands on Anthropic's words.
///
/// Sources: Anthropic API reference "Messages", "Extended thinking", "Prompt caching".
struct ClaudeRules {
    static let guide =
        " Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
    private static let maximumCacheMarks = 4

    let model: SandboxModel
    /// Nil where the API does not ask for it.
    let maximumTokens: Int?
    let temperature: Double?
    let topP: Double?
    let topK: JSON?

    func checkSampling() throws(AnthropicError) {
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
            if topK != nil { throw .invalid("`top_k` is deprecated for this model.") }
        }
    }

    /// - Parameters:
    ///   - forcesTool: whether the tool choice does.
    ///   - interleaves: whether the budget spans several answers.
    func checkThinking(
        _ thinking: MessagesRequest.Thinking,
        forcesTool: Bool,
        interleaves: Bool
    ) throws(AnthropicError) {
        switch (thinking, model.reasoning) {
        case (.off, _): return
        case (.budget, .onRequest), (.budget, .adaptiveToo), (.adaptive, .adaptiveToo), (.adaptive, .adaptive): break
        case (.budget, .adaptive):
            throw .invalid(
                "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and "
                    + "\"output_config.effort\" to control thinking behavior."
            )
        case (.adaptive, .onRequest): throw .invalid("adaptive thinking is not supported on this model")
        case (_, .never), (_, .always), (_, .byEffort):
            throw .invalid("thinking: This model does not support thinking.")
        }
        if case .budget(let budget) = thinking, let maximumTokens, budget >= maximumTokens, !interleaves {
            throw .invalid("`max_tokens` must be greater than `thinking.budget_tokens`." + Self.guide)
        }
        guard !forcesTool else {
            throw .invalid("Thinking may not be enabled when tool_choice forces tool use.")
        }
        if let temperature, temperature != 1 {
            throw .invalid("`temperature` may only be set to 1 when thinking is enabled." + Self.guide)
        }
        if let topP, topP < 0.95 {
            throw .invalid(
                "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled." + Self.guide
            )
        }
        if topK != nil {
            throw .invalid("`top_k` must be unset when thinking is enabled." + Self.guide)
        }
    }

    /// - Parameter areLong: of every mark, in the order of processing, whether it asks for an hour.
    static func checkCacheMarks(areLong: [Bool]) throws(AnthropicError) {
        guard areLong.count <= maximumCacheMarks else {
            throw .invalid(
                "A maximum of \(maximumCacheMarks) blocks with cache_control may be provided. Found \(areLong.count)."
            )
        }
        for (earlier, later) in zip(areLong, areLong.dropFirst()) where !earlier && later {
            throw .invalid(
                "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks "
                    + "are processed in the following order: `tools`, `system`, `messages`."
            )
        }
    }

    static func checkStopSequences(_ sequences: [String]) throws(AnthropicError) {
        guard !sequences.contains(where: ConverseRules.isBlank) else {
            throw .invalid("stop_sequences: each stop sequence must contain non-whitespace")
        }
    }

    /// - Parameter text: what an assistant's last turn ends with.
    static func checkPrefill(_ text: String) throws(AnthropicError) {
        guard text.unicodeScalars.last?.properties.isWhitespace != true else {
            throw .invalid("messages: final assistant content cannot end with trailing whitespace")
        }
    }

    /// - Parameter index: of the tool.
    static func checkSchema(_ schema: JSON, at index: Int) throws(AnthropicError) {
        guard ["oneOf", "allOf", "anyOf"].contains(where: { schema[$0] != nil }) else { return }
        throw .invalid(
            "tools.\(index).custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
        )
    }

    /// - Parameter index: of the assistant's turn with the calls.
    static func unanswered(_ ids: [String], at index: Int) -> AnthropicError {
        .invalid(
            "messages.\(index): `tool_use` ids were found without `tool_result` blocks immediately after: "
                + "\(ids.joined(separator: ", ")). Each `tool_use` block must have a corresponding `tool_result` block "
                + "in the next message."
        )
    }
}
