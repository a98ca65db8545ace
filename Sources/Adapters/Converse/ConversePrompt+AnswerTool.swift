import Bedrock
import Catalog
import DIAL
import JSON

extension ConversePrompt {
    /// Has the model answer by a call whose schema is the answer's: Converse has no other way to a form for these models.
    ///
    /// Source: AWS API reference "ToolChoice".
    /// - Parameter besideTools: the client has declared some, which the model may call first.
    mutating func addAnswerTool(_ format: ResponseFormat.Schema, besideTools: Bool, _ profile: ModelProfile) {
        guard profile.answersByTool else {
            notes.append("response_format is not sent: the model cannot be made to answer in a form")
            return
        }
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
                inputSchema: Self.inputSchema(format.schema, profile, &schemaBudget)
            )
        )
        tools = ConverseToolConfiguration(
            tools: (tools?.tools ?? []) + [tool],
            choice: besideTools ? .any : .tool(name: name)
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
