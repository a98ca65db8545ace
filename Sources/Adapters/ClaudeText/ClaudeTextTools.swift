import DIAL
import JSON

/// Tools as Claude 2.1 knows them: declared in the system prompt, called and answered in XML.
///
/// Source: Anthropic "Legacy tool use".
struct ClaudeTextTools: Sendable {
    /// Ends the completion behind a call.
    static let stopSequence = "</function_calls>"

    let callMode: CallMode
    let declarations: [FunctionDefinition]
    /// The function of each call in the history, by the call's id.
    private let callNames: JSONObject
    private let knownIDs: Set<ExactString>

    /// Nil when the request leaves no tool to be called.
    init?(_ request: ChatCompletionRequest) {
        callMode = CallMode(request)
        var declarations = request.declaredFunctions
        switch request.requestedChoice {
        case .never: declarations = []
        case .function(let name): declarations.removeAll { !$0.name.hasSameBytes(as: name) }
        // A prompt can ask for a call but not enforce it.
        case .auto, .required: break
        }
        guard !declarations.isEmpty else { return nil }
        self.declarations = declarations
        callNames = JSONObject(
            request.messages.flatMap { $0.toolCalls ?? [] }.map { ($0.id, .string($0.function.name)) }
        )
        knownIDs = Set((callNames.keys + request.messages.compactMap(\.toolCallID)).map { ExactString($0) })
    }

    /// An id that no call of the request has: the name with the first free number.
    func freshID(for name: String) -> String {
        var number = 1
        while knownIDs.contains(ExactString("\(name)_\(number)")) { number += 1 }
        return "\(name)_\(number)"
    }

    /// The call or calls of an assistant message.
    /// - Throws: 500 when arguments are not a JSON object.
    func printedCalls(of message: Message) throws(DIALError) -> String {
        if let call = message.functionCall { return try ClaudeTextXML.call(call) }
        var calls: [String] = []
        for call in message.toolCalls ?? [] { calls.append(try ClaudeTextXML.call(call.function)) }
        // Every call has the element already; models were shown it twice from the beginning.
        return "<function_calls>\n\(calls.joined(separator: "\n"))\n</function_calls>"
    }

    /// The result that a tool or function message brings.
    /// - Throws: 422 when it answers no call of the request.
    func printedResult(of message: Message) throws(DIALError) -> String {
        let text = try message.joinedText()
        if message.role == .function { return ClaudeTextXML.result(tool: message.name ?? "", text: text) }
        return ClaudeTextXML.result(tool: try name(ofCallAnsweredBy: message), text: text)
    }

    /// - Throws: 422 when there is no such call in the request.
    func name(ofCallAnsweredBy message: Message) throws(DIALError) -> String {
        guard let name = message.toolCallID.flatMap({ callNames[$0]?.stringValue }) else {
            throw .validation("Tool call ID not found: \(PythonLiteral.text(.object(callNames)))").quoting
        }
        return name
    }

    /// The system prompt that declares the tools.
    /// - Throws: 500 when a schema has more than the prompt can tell.
    func declarationsPrompt() throws(DIALError) -> String {
        var descriptions: [String] = []
        for declaration in declarations { descriptions.append(try ClaudeTextXML.description(of: declaration)) }
        return Self.introduction + ClaudeTextXML.block("tools", descriptions)
    }

    private static let introduction = """
        In this environment you have access to a set of tools you can use to answer the user's question.

        You may call them like this. Only invoke one function at a time and wait for the results before invoking another \
        function:
        <function_calls>
        <invoke>
        <tool_name>$TOOL_NAME</tool_name>
        <parameters>
        <$PARAMETER_NAME>$PARAMETER_VALUE</$PARAMETER_NAME>
        ...
        </parameters>
        </invoke>
        </function_calls>

        Avoid showing the function calls and respective results to the user.

        Here are the tools available:

        """
}
