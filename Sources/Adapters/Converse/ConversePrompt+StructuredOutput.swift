import Bedrock
import DIAL
import JSON

extension ConversePrompt {
    /// Has the model answer in the client's form.
    /// - Parameter besideTools: the client has declared some, which the model may call first.
    mutating func ask(for format: ResponseFormat.Schema, besideTools: Bool) {
        switch profile.structuredOutput {
        case .unsupported:
            notes.append("response_format is not sent: the model cannot be made to answer in a form")
        case .call:
            addAnswerTool(format, besideTools: besideTools)
        case .textFormat:
            var schema = OutputSchema()
            textFormat = ConverseTextFormat(
                name: format.name,
                schema: schema.adapt(format.schema),
                description: format.description?.nonEmpty
            )
            if let note = schema.note { notes.append(note) }
        }
    }

    /// Has the model answer by a call whose schema is the answer's.
    ///
    /// Source: AWS API reference "ToolChoice".
    private mutating func addAnswerTool(_ format: ResponseFormat.Schema, besideTools: Bool) {
        guard format.schema.describesObject else {
            notes.append("response_format is not sent: the model takes schemas of objects only")
            return
        }
        // Where the client wants a call there is no answer.
        guard tools == nil || tools?.choice == .auto else { return }
        let name = toolNames.wireName(forOwn: format.name)
        var schemaBudget = ToolSchema.budget
        let purpose =
            besideTools
            ? "Give your answer by calling this, once no other tool is needed." : "Give your answer by calling this."
        let tool = ConverseToolConfiguration.Tool.specification(
            ConverseToolSpecification(
                name: name,
                description: [purpose, format.description ?? ""].filter { !$0.isBlank }.joined(separator: " "),
                inputSchema: inputSchema(format.schema, &schemaBudget)
            )
        )
        tools = ConverseToolConfiguration(
            tools: (tools?.tools ?? []) + [tool],
            // The only one that there is.
            choice: besideTools || !profile.toolChoice.contains(.tool) ? .any : .tool(name: name)
        )
        answerTool = name
    }
}

extension JSONObject {
    /// Whether it is a schema that a tool may have. One with alternatives at its root is not: the tool would have their sum.
    fileprivate var describesObject: Bool {
        if hasChoices { return false }
        guard let type = self["type"] else { return self["properties"] != nil || self["$ref"] != nil }
        return type.wordValue == "object"
    }
}
