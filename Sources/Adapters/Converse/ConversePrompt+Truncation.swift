import Tokenization

extension ConversePrompt: TruncatablePrompt {}

extension ConversePrompt.Turn: TruncatableTurn {
    var partitionKind: TurnPartition.Turn {
        switch role {
        case .user: hasToolResult ? .toolResult : .user
        case .assistant: toolUseIDs.isEmpty ? .assistant : .toolCall
        }
    }
}
