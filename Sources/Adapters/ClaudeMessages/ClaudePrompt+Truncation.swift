import Tokenization

extension ClaudePrompt: TruncatablePrompt {}

extension ClaudePrompt.Turn: TruncatableTurn {
    var partitionKind: TurnPartition.Turn {
        switch role {
        case .user: blocks.contains { $0.answeredToolUseID != nil } ? .toolResult : .user
        case .assistant: blocks.contains { $0.toolUseID != nil } ? .toolCall : .assistant
        }
    }
}
