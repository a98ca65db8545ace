import DIAL

/// Makes a conversation one that the service accepts. Source: Anthropic API reference "Messages", "Tool use".
extension ClaudePrompt {
    /// The service refuses white space as text where it would have to stand alone.
    static let placeholder = "."
    static let unansweredToolCall = "The tool call was not answered."

    /// - Throws: 422 when the model cannot continue what the conversation ends with.
    mutating func normalise() throws(DIALError) {
        pairToolResults()
        dropBlankTexts()
        if turns.first?.role == .assistant {
            turns.insert(Turn(role: .user, blocks: [.text(Self.placeholder)], sources: []), at: 0)
        }
        if !profile.prefill, turns.last?.role == .assistant {
            throw .validation(
                "The model doesn't continue an assistant message: the last message must be a user, tool or function message"
            )
        }
    }

    /// Puts the results of an assistant turn's calls first in the next turn, in the order of the calls. Calls without a
    /// result get one that says so, results without a call go.
    private mutating func pairToolResults() {
        for index in turns.indices where turns[index].role == .user {
            let calls = index > 0 ? turns[index - 1].toolUseIDs : []
            let results = turns[index].blocks.filter { $0.answeredToolUseID != nil }
            if calls.isEmpty, results.isEmpty { continue }
            let others = turns[index].blocks.filter { $0.answeredToolUseID == nil }
            turns[index].blocks = answers(to: calls, from: results) + others
            if turns[index].blocks.isEmpty { turns[index].blocks = [.text(Self.placeholder)] }
        }
        if let last = turns.last, last.role == .assistant, !last.toolUseIDs.isEmpty {
            turns.append(Turn(role: .user, blocks: answers(to: last.toolUseIDs, from: []), sources: []))
        }
    }

    private mutating func answers(to calls: [String], from results: [ClaudeContentBlock]) -> [ClaudeContentBlock] {
        var results = results
        var answers: [ClaudeContentBlock] = []
        for id in calls {
            if let position = results.firstIndex(where: { $0.answeredToolUseID == id }) {
                answers.append(results.remove(at: position))
            } else {
                notes.append("A tool call without a result was answered with an error")
                answers.append(
                    ClaudeContentBlock(
                        .toolResult(toolUseID: id, content: [.text(Self.unansweredToolCall)], isError: true)
                    )
                )
            }
        }
        if !results.isEmpty { notes.append("\(results.count) tool results without a call were dropped") }
        return answers
    }

    /// Blank texts beside other content mean nothing, and the service refuses them.
    private mutating func dropBlankTexts() {
        for index in turns.indices {
            let blocks = turns[index].blocks
            guard blocks.contains(where: \.isBlankText), !blocks.allSatisfy(\.isBlankText) else { continue }
            var kept: [ClaudeContentBlock] = []
            // Set where a block that goes held the mark and nothing stands before it to take it.
            var pending: ClaudeCacheControl?
            for var block in blocks {
                guard block.isBlankText else {
                    block.cacheControl = block.cacheControl ?? (block.isThinking ? nil : pending)
                    pending = nil
                    kept.append(block)
                    continue
                }
                guard let mark = block.cacheControl else { continue }
                if let last = kept.lastIndex(where: { !$0.isThinking }) {
                    kept[last].cacheControl = kept[last].cacheControl ?? mark
                } else {
                    pending = mark
                }
            }
            turns[index].blocks = kept
        }
    }
}

extension ClaudePrompt.Turn {
    fileprivate var toolUseIDs: [String] { blocks.compactMap(\.toolUseID) }
}

extension ClaudeContentBlock {
    /// Replayed blocks go out as the model wrote them.
    fileprivate var isBlankText: Bool {
        if case .text(let text) = content { text.isBlank } else { false }
    }
}
