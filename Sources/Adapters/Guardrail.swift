import DIAL
import JSON

extension AnswerTranslator {
    /// A guardrail that the account enforces may take part in InvokeModel: what the model says is the guardrail's text then.
    ///
    /// Source: AWS user guide "Use guardrails: InvokeModel", `amazon-bedrock-guardrailAction`.
    /// - Parameters:
    ///   - answer: whole, or an event of it.
    ///   - text: what it says; in a stream the client has it already.
    /// - Throws: the guardrail's words, where it intervened.
    mutating func checkGuardrail(
        _ answer: JSONView,
        _ choice: ChoiceOutput,
        text: @autoclosure () -> String = ""
    ) throws(DIALError) {
        guard answer["amazon-bedrock-guardrailAction"]?.isString("INTERVENED") == true else { return }
        // Text that was sent cannot be taken back; before that the failure keeps its status.
        if choice.isOpen {
            abort(choice)
            if !choice.hasUsage, let usageSoFar { choice.report(usageSoFar) }
            choice.finish(.contentFilter)
        }
        throw .guardrailIntervened(text())
    }
}

extension DIALError {
    /// - Parameter text: what the guardrail's owner wants the reader to see.
    static func guardrailIntervened(_ text: String) -> DIALError {
        .contentFilter(text.isEmpty ? "The request was blocked by the guardrail" : text)
    }
}
