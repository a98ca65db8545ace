import AWS
import Bedrock
import DIAL
import JSON

/// From the events of ConverseStream to chunks.
///
/// Source: AWS API reference "ConverseStream: response elements".
struct ConverseStreamTranslator: AnswerTranslator {
    private struct PendingCall {
        let id: String
        let name: String
        var arguments = ""
    }

    /// The text so far, as much as an error may quote: a guardrail that intervenes replaces the answer by its own message.
    private var text = ""
    private var answer: ConverseAnswer
    private let document = JSONDocument()
    /// Tool calls under way by `contentBlockIndex`.
    private var calls: [Int: PendingCall] = [:]
    /// The block whose input is the client's answer.
    private var answerIndex: Int?
    private let quotedBytes: Int

    /// - Parameter hasGuardrail: whether one may intervene: its words stand at the end of a text that is kept for that.
    init(_ answer: ConverseAnswer, hasGuardrail: Bool) {
        self.answer = answer
        quotedBytes = hasGuardrail ? 1 << 20 : 2048
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        // Bedrock streams nothing else.
        guard case .message(let message) = event else { return }
        defer { document.recycle() }
        try translate(message, choice)
    }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard let stopReason = answer.stopReason else { throw .cutOffConverse(hasOutput: choice.isOpen) }
        guard stopReason == .guardrailIntervened else {
            // Blocks whose ends did not come.
            if let answerIndex { try stop(answerIndex, choice) }
            for index in calls.keys.sorted() { try stop(index, choice) }
            return answer.finish(choice)
        }
        // Text that was sent cannot be taken back; before that the failure keeps its status.
        if choice.isOpen { answer.finish(choice) }
        throw .guardrailIntervened(text)
    }

    mutating func abort(_ choice: ChoiceOutput) { answer.abort(choice) }

    /// The usage comes last.
    var isComplete: Bool { answer.stopReason != nil && answer.usage != nil }

    var usageSoFar: Usage? { answer.usage }

    private mutating func translate(_ message: EventStreamMessage, _ choice: ChoiceOutput) throws(DIALError) {
        guard message.kind == .event else {
            if let error = UpstreamError(message, operation: .converseStream) { throw DIALError(error) }
            return
        }
        switch message.eventName {
        case "contentBlockDelta":
            if let delta = TextDelta(converse: message.payload) {
                content(delta.text, choice)
            } else {
                try delta(try payload(of: message), choice)
            }
        case "contentBlockStart": start(try payload(of: message))
        case "contentBlockStop":
            if let index = try payload(of: message)["contentBlockIndex"]?.int { try stop(index, choice) }
        case "messageStop": try answer.stop(try payload(of: message)["stopReason"]?.string)
        case "metadata": answer.usage = ConverseUsage.usage(try payload(of: message)["usage"]) ?? answer.usage
        default: break
        }
    }

    private func payload(of message: EventStreamMessage) throws(DIALError) -> JSONView {
        do {
            try document.parse(mending: message.payload)
        } catch {
            throw .internalServerError("An event of the response stream is not valid JSON: \(error.reason)")
        }
        return document.root
    }

    private mutating func delta(_ payload: JSONView, _ choice: ChoiceOutput) throws(DIALError) {
        guard let delta = payload["delta"] else { return }
        if let piece = delta["text"]?.string {
            content(piece, choice)
        } else if let piece = delta["reasoningContent"]?["text"]?.string {
            if !piece.isEmpty { answer.reasoning(piece, choice) }
        } else if let piece = delta["toolUse"]?["input"]?.string, let index = payload["contentBlockIndex"]?.int {
            if index == answerIndex {
                answer.structured?.add(piece, choice)
            } else {
                calls[index]?.arguments += piece
            }
        }
    }

    private mutating func content(_ piece: String, _ choice: ChoiceOutput) {
        guard !piece.isEmpty else { return }
        if text.utf8.count < quotedBytes { text += piece }
        answer.text(piece, choice)
    }

    private mutating func start(_ payload: JSONView) {
        guard let call = payload["start"]?["toolUse"], call.kind == .object, !call.isOfService,
            let index = payload["contentBlockIndex"]?.int
        else { return }
        let name = call["name"]?.string ?? ""
        if answer.structured?.isAnswer(name) == true {
            if answer.structured?.begin() == true { answerIndex = index }
        } else {
            calls[index] = PendingCall(id: call["toolUseId"]?.string ?? "", name: name)
        }
    }

    private mutating func stop(_ index: Int, _ choice: ChoiceOutput) throws(DIALError) {
        if index == answerIndex {
            answer.structured?.complete(choice)
            answerIndex = nil
        }
        guard let call = calls.removeValue(forKey: index) else { return }
        try answer.call(id: call.id, name: call.name, arguments: call.arguments, choice)
    }
}
