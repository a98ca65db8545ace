import JSON

/// The kind of a `thinking` parameter, as far as other parameters depend on it.
///
/// Source: Anthropic API reference "Extended thinking", "Adaptive thinking".
enum ClaudeThinking: Sendable, Equatable {
    case off
    /// With a budget of tokens; nil when the request names none.
    case budget(Int?)
    /// The model decides how long to think.
    case adaptive
    /// Something this program does not know, for the service to judge.
    case unknown

    init(_ parameter: JSONObject?) {
        switch parameter?["type"]?.wordValue {
        case "enabled": self = .budget(parameter?["budget_tokens"]?.intValue)
        case "adaptive": self = .adaptive
        case "disabled": self = .off
        default: self = parameter == nil ? .off : .unknown
        }
    }

    /// Whether the answer starts with thinking, which restricts sampling and tool choice.
    var isOn: Bool {
        switch self {
        case .budget, .adaptive: true
        case .off, .unknown: false
        }
    }

    /// The service refuses smaller budgets.
    static let smallestBudget = 1024
    /// What stands for the efforts `medium` and `high` where a budget is wanted, and the other way round.
    static let mediumBudget = 4096
    static let highBudget = 16384
}
