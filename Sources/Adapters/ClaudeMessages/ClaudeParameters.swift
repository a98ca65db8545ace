import Catalog
import DIAL
import JSON

/// Everything of a Messages request besides its content.
///
/// Source: Anthropic API reference "Messages", "Extended thinking", "Structured outputs".
struct ClaudeParameters: Sendable {
    var maxTokens: Int
    var temperature: JSONNumber?
    var topP: JSONNumber?
    var stopSequences: [String]
    var thinking: JSONObject?
    /// `output_config`
    var effort: String?
    var outputSchema: JSONObject?
    var toolChoice: ClaudeTools.Choice?
    var betas: [String]
    /// A cache mark on the request as a whole.
    var cacheControl: ClaudeCacheControl?

    /// - Parameters:
    ///   - prompt: gets notes on what is sent otherwise than asked.
    ///   - defaultMaxTokens: where the request says nothing.
    init(_ request: ChatCompletionRequest, _ prompt: inout ClaudePrompt, defaultMaxTokens: Int) {
        let profile = prompt.profile
        betas = prompt.configuration.betas
        thinking = prompt.configuration.thinking
        effort = prompt.configuration.effort?.nonEmpty
        maxTokens = request.maxTokens ?? defaultMaxTokens
        toolChoice = prompt.tools.choice
        cacheControl = ClaudeCacheControl(request.customFields?.cacheBreakpoint)
        // Every one of them must contain something besides white space.
        stopSequences = (request.stop ?? []).filter { !$0.isBlank }
        if case .jsonSchema(let format) = request.responseFormat {
            var schema = OutputSchema()
            outputSchema = schema.adapt(format.schema)
            if let note = schema.note { prompt.notes.append(note) }
        }
        applyReasoningEffort(request.reasoningEffort, profile)
        adapt(profile, &prompt.notes)
        if case .budget = ClaudeThinking(thinking), prompt.continuesWithoutThinking {
            thinking = nil
            prompt.notes.append("Thinking was turned off: the answer continues a message that has no thinking")
        }
        if !ClaudeThinking(thinking).isOn { prompt.dropThinkingOfPrefill() }
        reserveThinkingBudget(profile, &prompt.notes)
        if ClaudeThinking(thinking).isOn, toolChoice?.isForced == true {
            toolChoice = .auto
            prompt.notes.append("A forced tool choice became 'auto': the model does not take it together with thinking")
        }
        sample(request, profile, &prompt.notes)
    }

    /// The dialect depends on the model: later ones take an effort, earlier ones a budget of tokens.
    private mutating func applyReasoningEffort(
        _ reasoningEffort: ChatCompletionRequest.ReasoningEffort?,
        _ profile: ModelProfile
    ) {
        guard let reasoningEffort, reasoningEffort != .disabled, effort == nil else { return }
        switch profile.thinking {
        case .adaptive, .adaptiveOnly:
            effort = reasoningEffort == .minimal ? "low" : reasoningEffort.rawValue
        case .budget where thinking == nil && toolChoice?.isForced != true:
            let budget =
                switch reasoningEffort {
                case .disabled, .minimal, .low: ClaudeThinking.smallestBudget
                case .medium: ClaudeThinking.mediumBudget
                case .high: ClaudeThinking.highBudget
                }
            thinking = ["type": "enabled", "budget_tokens": .number(JSONNumber(budget))]
        case .budget, .always, .reasoningEffort, .reasoning, .reasoningConfig, .unsupported:
            break
        }
    }

    /// Models that refuse a budget get the effort that comes nearest to it.
    private mutating func adapt(_ profile: ModelProfile, _ notes: inout [String]) {
        guard profile.thinking == .adaptiveOnly, case .budget(let budget) = ClaudeThinking(thinking) else { return }
        var adapted: JSONObject = ["type": "adaptive"]
        if let display = thinking?["display"] { adapted["display"] = display }
        thinking = adapted
        if let budget, effort == nil {
            effort =
                switch budget {
                case ..<ClaudeThinking.mediumBudget: "low"
                case ..<ClaudeThinking.highBudget: "medium"
                default: "high"
                }
        }
        notes.append("A thinking budget became adaptive thinking: the model takes no budget")
    }

    /// The budget is part of `max_tokens` and must leave room for the answer, unless thinking is interleaved with calls.
    private mutating func reserveThinkingBudget(_ profile: ModelProfile, _ notes: inout [String]) {
        guard case .budget(let given?) = ClaudeThinking(thinking) else { return }
        let budget = max(given, ClaudeThinking.smallestBudget)
        if budget != given {
            thinking?["budget_tokens"] = .number(JSONNumber(budget))
            notes.append("The thinking budget was raised from \(given) to \(budget) tokens, the least the model takes")
        }
        let isInterleaved =
            profile.interleavesThinking && betas.contains { $0.utf8.starts(with: "interleaved-thinking-".utf8) }
        guard budget >= maxTokens, !isInterleaved else { return }
        let (sum, overflow) = maxTokens.addingReportingOverflow(budget)
        notes.append(
            "max_tokens was raised from \(maxTokens) by the thinking budget of \(budget) tokens, which it includes"
        )
        maxTokens = overflow ? .max : sum
    }

    private mutating func sample(_ request: ChatCompletionRequest, _ profile: ModelProfile, _ notes: inout [String]) {
        let mode = ClaudeThinking(thinking)
        if let given = request.temperature, !mode.isOn {
            // DIAL's range is 0...2, the model's 0...1.
            temperature = JSONNumber(given.doubleValue / 2)
        }
        if let given = request.topP, given.doubleValue != 0, mode != .adaptive { topP = given }
        // Anthropic API reference "Extended thinking: feature compatibility".
        if mode.isOn, let given = topP, given.doubleValue < 0.95 {
            topP = nil
            notes.append("top_p was not sent: together with thinking the model takes none below 0.95")
        }
        if let note = profile.sampling.settle(&temperature, &topP) { notes.append(note) }
    }
}
