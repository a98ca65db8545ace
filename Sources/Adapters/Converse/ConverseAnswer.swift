import DIAL
import JSON

/// Writes the answer of Converse and ConverseStream to a choice; what both ways have in common.
struct ConverseAnswer {
    private let toolNames: ToolNames
    /// Where the client wants an answer in a form.
    var structured: StructuredAnswer?
    private(set) var stopReason: ConverseStopReason?
    var usage: Usage?
    private var thinkingStage = AnswerStage("Thinking")
    private var calls: CallOutput
    /// Where the model knows no stop sequences.
    private var filter: TextOutputFilter?
    private var hasCalls = false
    private var hasEnded = false

    /// - Parameter stops: texts that the answer is to be cut at.
    init(callMode: CallMode, toolNames: ToolNames, structured: StructuredAnswer? = nil, stops: [String] = []) {
        if !stops.isEmpty { filter = TextOutputFilter(stops: stops) }
        calls = CallOutput(callMode)
        self.toolNames = toolNames
        self.structured = structured
    }

    mutating func text(_ text: String, _ choice: ChoiceOutput) {
        say(filter == nil ? text : filter?.push(text) ?? "", choice)
    }

    private mutating func say(_ text: String, _ choice: ChoiceOutput) {
        if structured == nil { choice.pass(text) } else { structured?.say(text) }
    }

    /// What was held back, as it might have become a stop sequence.
    private mutating func sayRest(_ choice: ChoiceOutput) {
        if filter != nil { say(filter?.finish() ?? "", choice) }
    }

    mutating func reasoning(_ text: String, _ choice: ChoiceOutput) {
        if isCut { return }
        thinkingStage.append(text, choice)
        choice.reasoning(text)
    }

    /// A complete call.
    /// - Parameter arguments: JSON text as the model wrote it, cut off perhaps.
    mutating func call(id: String, name: String, arguments: String, _ choice: ChoiceOutput) throws(DIALError) {
        // The model would not have come to it.
        if isCut { return }
        sayRest(choice)
        hasCalls = true
        guard calls.mode != .none else { throw .internalServerError("Tool use received without tools mode") }
        calls.open(id: id, name: toolNames.original(of: name), arguments: arguments, choice)
    }

    /// - Throws: when the reason is an error in itself.
    mutating func stop(_ wireValue: String?) throws(DIALError) {
        let reason = ConverseStopReason(wireValue)
        stopReason = reason
        if case .malformed(let value) = reason {
            throw .runtimeError("Unsupported converse stop reason: \(value)")
        }
    }

    /// Ends the choice.
    mutating func finish(_ choice: ChoiceOutput) {
        thinkingStage.close(choice)
        sayRest(choice)
        if !hasCalls { structured?.giveWords(choice) }
        calls.complete(choice)
        if let usage { choice.report(usage) }
        if case .unknown(let value)? = stopReason { choice.note(unknownStopReason: value) }
        choice.finish(finishReason)
        hasEnded = true
    }

    /// The answer breaks off: nothing stays open, and the tokens are accounted for if they are known.
    mutating func abort(_ choice: ChoiceOutput) {
        guard !hasEnded, choice.isOpen else { return }
        hasEnded = true
        sayRest(choice)
        thinkingStage.close(choice)
        calls.complete(choice)
        if let usage { choice.report(usage) }
    }

    private var isCut: Bool { filter?.isCut == true }

    private var finishReason: FinishReason? {
        if isCut, !hasCalls { return .stop }
        return switch stopReason {
        case .finished(let reason)?: reason
        case .toolUse? where structured != nil && !hasCalls: .stop
        case .toolUse?: calls.mode.finishReason ?? .stop
        case .guardrailIntervened?: .contentFilter
        case .unknown?: .stop
        case .malformed?, nil: nil
        }
    }
}

extension JSONView {
    /// Of a call: the service has run the tool itself. Source: AWS API reference "ToolUseBlock: type".
    var isOfService: Bool { self["type"]?.isString("server_tool_use") == true }
}
