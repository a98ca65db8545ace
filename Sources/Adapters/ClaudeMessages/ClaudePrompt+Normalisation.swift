import DIAL
import JSON

/// Makes a conversation one that the service accepts. Source: Anthropic API reference "Messages", "Tool use".
extension ClaudePrompt {
    /// The service refuses white space as text where it would have to stand alone.
    static let placeholder = "."
    static let unansweredToolCall = "The tool call was not answered."

    /// - Throws: 422 when the model cannot continue what the conversation ends with.
    mutating func normalise() throws(DIALError) {
        moveFilesToUser()
        pairToolResults()
        renameCalls()
        dropBlankTexts()
        mendThinking()
        if turns.first?.role == .assistant {
            turns.insert(Turn(role: .user, blocks: [.text(Self.placeholder)], sources: []), at: 0)
        }
        if !profile.prefill, turns.last?.role == .assistant {
            throw .validation(
                "The model doesn't continue an assistant message: the last message must be a user, tool or function message"
            )
        }
    }

    /// The service takes no files of the assistant: those it made stand before what the user says next.
    private mutating func moveFilesToUser() {
        for index in turns.indices where turns[index].role == .assistant {
            let files = turns[index].blocks.filter(\.isFile)
            guard !files.isEmpty else { continue }
            notes.append("Files of an assistant message were moved to the user's next")
            turns[index].blocks.removeAll(where: \.isFile)
            if turns[index].blocks.allSatisfy(\.isBlankText) { turns[index].blocks = [.text(Self.placeholder)] }
            if turns.indices.contains(index + 1) {
                turns[index + 1].blocks.insert(contentsOf: files, at: 0)
            } else {
                turns.append(Turn(role: .user, blocks: files, sources: []))
            }
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
        var results = ToolResultQueue(results, callID: \.answeredToolUseID)
        var answers: [ClaudeContentBlock] = []
        for id in calls {
            if let result = results.take(id) {
                answers.append(result)
            } else {
                notes.append("A tool call without a result was answered with an error")
                answers.append(
                    ClaudeContentBlock(
                        .toolResult(toolUseID: id, content: [.text(Self.unansweredToolCall)], isError: true)
                    )
                )
            }
        }
        if results.count > 0 { notes.append("\(results.count) tool results without a call were dropped") }
        return answers
    }

    /// Every call of a request needs an id of its own, of ASCII letters, digits, `_` and `-`. Other vendors' ids have other
    /// characters, and legacy functions are called twice by one name. Results follow their calls in the same order.
    private mutating func renameCalls() {
        var ids = CallIDs(.anthropicCallID)
        for index in turns.indices where turns[index].role == .assistant {
            let calls = turns[index].blocks.indices.filter { turns[index].blocks[$0].toolUseID != nil }
            for (order, position) in calls.enumerated() {
                let given = turns[index].blocks[position].toolUseID ?? ""
                let id = ids.next(given)
                guard !id.hasSameBytes(as: given) else { continue }
                turns[index].blocks[position].rename(call: id)
                if turns.indices.contains(index + 1) { turns[index + 1].blocks[order].rename(call: id) }
            }
        }
    }

    /// Blank texts beside other content mean nothing, and the service refuses them.
    private mutating func dropBlankTexts() {
        for index in turns.indices {
            let blocks = turns[index].blocks
            guard blocks.contains(where: \.isBlankText), !blocks.allSatisfy(\.isBlankText) else { continue }
            var kept: [ClaudeContentBlock] = []
            // Where the last block stands that may have a mark.
            var markable: Int?
            // Set where a block that goes held the mark and nothing stands before it to take it.
            var pending: ClaudeCacheControl?
            for var block in blocks {
                guard block.isBlankText else {
                    block.cacheControl = block.cacheControl ?? (block.isThinking ? nil : pending)
                    pending = nil
                    if !block.isThinking { markable = kept.count }
                    kept.append(block)
                    continue
                }
                guard let mark = block.cacheControl else { continue }
                if let markable {
                    kept[markable].cacheControl = kept[markable].cacheControl ?? mark
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
    /// Models write such texts too, which makes them no more acceptable when they come back.
    fileprivate var isBlankText: Bool { text?.isBlank == true }
}
