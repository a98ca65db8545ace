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
            if asked == .high, inference.maxTokens != nil {
                inference.maxTokens = nil
                notes.append("max_tokens was not sent: the model refuses it with a high reasoning effort")
            }
        case .unsupported, .budget, .adaptive, .adaptiveOnly, .always:
            return
        }
    }
}
