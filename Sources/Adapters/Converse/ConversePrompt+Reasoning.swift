import DIAL
import JSON

/// `reasoning_effort` in the terms of a model: Converse has none of its own.
///
/// Sources: Amazon Nova 2 user guide "Extended thinking"; AWS user guide, cards of the models.
extension ConversePrompt {
    /// To be asked for when the tools are known.
    mutating func reason(_ asked: ChatCompletionRequest.ReasoningEffort?) {
        guard let asked, asked != .disabled else { return }
        let effort = asked == .minimal ? "low" : asked.rawValue
        switch profile.thinking {
        case .reasoningEffort:
            guard tools?.choice ?? .auto == .auto else {
                notes.append("reasoning_effort was not sent: the model cannot be made to call while it reasons")
                return
            }
            additionalFields["reasoning_effort"] = .string(effort)
        case .reasoning:
            additionalFields["reasoning"] = ["effort": .string(effort)]
        case .reasoningConfig:
            additionalFields["reasoningConfig"] = ["type": "enabled", "maxReasoningEffort": .string(effort)]
            if asked == .high { takeBackLimits() }
        case .unsupported, .budget, .adaptive, .adaptiveOnly, .always:
            return
        }
    }

    /// What Nova 2 refuses with a high effort.
    private mutating func takeBackLimits() {
        var names: [String] = []
        if inference.maxTokens != nil { names.append("max_tokens") }
        if inference.temperature != nil { names.append("temperature") }
        if inference.topP != nil { names.append("top_p") }
        guard !names.isEmpty else { return }
        (inference.maxTokens, inference.temperature, inference.topP) = (nil, nil, nil)
        notes.append(
            "Not sent, since the model refuses it with a high reasoning effort: \(names.joined(separator: ", "))"
        )
    }
}
