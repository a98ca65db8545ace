import DIAL

/// How the client wants to hear of calls.
enum CallMode: Sendable {
    case none, tools, functions

    /// - Parameter sendsTools: the model gets some, whatever the request declares.
    init(_ request: ChatCompletionRequest, sendsTools: Bool = false) {
        if request.functions != nil {
            self = .functions
        } else {
            self = sendsTools || request.usesTools ? .tools : .none
        }
    }

    /// Of an answer that ends with calls; nil where there can be none.
    var finishReason: FinishReason? {
        switch self {
        case .none: nil
        case .tools: .toolCalls
        case .functions: .functionCall
        }
    }
}

extension ChatCompletionRequest {
    /// Tools are declared, if only as an empty list, or the history has calls of them.
    var usesTools: Bool {
        tools != nil || functions != nil
            || messages.contains { $0.role == .assistant && !($0.toolCalls ?? []).isEmpty }
    }
}
