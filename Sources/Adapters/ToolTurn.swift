import JSON

/// A content block, as far as calls of tools go.
protocol ToolBlock {
    /// The id of a call that the client has to answer.
    var toolUseID: String? { get }
    /// The id of the call that a tool result answers.
    var answeredToolUseID: String? { get }

    static func text(_ text: String) -> Self
    static func failedResult(ofCall id: String, _ text: String) -> Self
    /// Gives a call, or the result of one, another id.
    mutating func rename(call id: String)
}

/// A turn of the user, to whom results of tools belong, or of the assistant.
protocol ToolTurn: SourcedTurn {
    associatedtype Block: ToolBlock

    var isAssistant: Bool { get }
    var blocks: [Block] { get set }

    /// A turn of the user that no message stands behind.
    static func user(_ blocks: [Block]) -> Self
}

extension ToolTurn {
    var toolUseIDs: [String] { blocks.compactMap(\.toolUseID) }
    var hasToolResult: Bool { blocks.contains { $0.answeredToolUseID != nil } }
}

/// Turns that alternate between user and assistant.
extension Array where Element: ToolTurn {
    mutating func beginWithUser() {
        if first?.isAssistant == true { insert(.user([.text(Placeholder.text)]), at: 0) }
    }

    /// For clients made for OpenAI's API, whose models answer an assistant message instead of continuing it.
    mutating func endWithUser() {
        if last?.isAssistant == true { append(.user([.text(Placeholder.continuation)])) }
    }

    /// Puts the results of an assistant turn's calls first in the next turn, in the order of the calls. Calls without a
    /// result get one that says so, results without a call go, and may leave nothing of their turn.
    mutating func pairToolResults(_ notes: inout [String]) {
        for index in indices where !self[index].isAssistant {
            let calls = index > 0 ? self[index - 1].toolUseIDs : []
            guard !calls.isEmpty || self[index].hasToolResult else { continue }
            let results = self[index].blocks.filter { $0.answeredToolUseID != nil }
            let others = self[index].blocks.filter { $0.answeredToolUseID == nil }
            self[index].blocks = Self.answers(to: calls, from: results, &notes) + others
        }
        if let last, last.isAssistant, !last.toolUseIDs.isEmpty {
            append(Element.user(Self.answers(to: last.toolUseIDs, from: [], &notes)))
        }
    }

    private static func answers(
        to calls: [String],
        from results: [Element.Block],
        _ notes: inout [String]
    ) -> [Element.Block] {
        var results = ToolResultQueue(results, callID: \.answeredToolUseID)
        var answers: [Element.Block] = []
        for id in calls {
            if let result = results.take(id) {
                answers.append(result)
            } else {
                notes.append("A tool call without a result was answered with an error")
                answers.append(Element.Block.failedResult(ofCall: id, "The tool call was not answered."))
            }
        }
        if results.count > 0 { notes.append("\(results.count) tool results without a call were dropped") }
        return answers
    }

    /// Gives every call of a request an id of its own that the service takes. Results follow their calls in the same order.
    mutating func renameCalls(_ rule: WireSpelling) {
        var ids = CallIDs(rule)
        for index in indices where self[index].isAssistant {
            let calls = self[index].blocks.indices.filter { self[index].blocks[$0].toolUseID != nil }
            for (order, position) in calls.enumerated() {
                let given = self[index].blocks[position].toolUseID ?? ""
                let id = ids.next(given)
                guard !id.hasSameBytes(as: given) else { continue }
                self[index].blocks[position].rename(call: id)
                if indices.contains(index + 1) { self[index + 1].blocks[order].rename(call: id) }
            }
        }
    }
}
