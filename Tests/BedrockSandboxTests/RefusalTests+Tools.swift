import JSON

@testable import BedrockSandbox

extension RefusalTests {
    static let tools: [Refusal] = [
        Refusal(
            "tools on a model without",
            model: Model.deepSeek,
            ["messages": [hello], "toolConfig": .tools("look")],
            "This model doesn't support tool use."
        ),
        Refusal(
            "streamed tools on Llama",
            model: Model.llama,
            stream: true,
            ["messages": [hello], "toolConfig": .tools("look")],
            "This model doesn't support tool use in streaming mode."
        ),
        Refusal(
            "schema without type",
            ["messages": [hello], "toolConfig": ["tools": [.tool("look", schema: ["properties": [:]])]]],
            "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object."
        ),
        Refusal(
            "schema that is no object",
            ["messages": [hello], "toolConfig": ["tools": [.tool("look", schema: "x")]]],
            "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid. …"
        ),
        Refusal(
            "definitions at the root for Nova",
            ["messages": [hello], "toolConfig": ["tools": [.tool("look", schema: ["type": "object", "$defs": [:]])]]],
            "The model returned the following errors: Malformed input request: "
                + "#/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$defs] is not permitted, please …"
        ),
        Refusal(
            "no tools in the list",
            ["messages": [hello], "toolConfig": ["tools": []]],
            "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have "
                + "length greater than or equal to 1"
        ),
        Refusal(
            "name with a dot",
            ["messages": [hello], "toolConfig": .tools("a.b")],
            "1 validation error detected: Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy "
                + "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
        ),
        Refusal(
            "two names wrong",
            ["messages": [hello], "toolConfig": .tools("", String(repeating: "n", count: 65))],
            "3 validation errors detected: Value '' at 'toolConfig.tools.1.member.toolSpec.name' failed …"
        ),
        Refusal(
            "the same name twice",
            ["messages": [hello], "toolConfig": .tools("look", "look")],
            "The model returned the following errors: tools: Tool names must be unique."
        ),
        Refusal(
            "any on Llama",
            model: Model.llama,
            ["messages": [hello], "toolConfig": .tools("look", choice: ["any": [:]])],
            "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try "
                + "again."
        ),
        Refusal(
            "named tool on Command R",
            model: Model.commandR,
            ["messages": [hello], "toolConfig": .tools("look", choice: ["tool": ["name": "look"]])],
            "This model doesn't support the toolConfig.toolChoice.tool field. …"
        ),
        Refusal(
            "a tool that is not there",
            ["messages": [hello], "toolConfig": .tools("look", choice: ["tool": ["name": "other"]])],
            "The model returned the following errors: tool_choice: Tool 'other' not found in provided tools"
        ),
        Refusal(
            "Command R wants descriptions",
            model: Model.commandR,
            [
                "messages": [hello],
                "toolConfig": [
                    "tools": [["toolSpec": ["name": "a", "inputSchema": ["json": ["type": "object"]]]]]
                ],
            ],
            "The model returned the following errors: Malformed input request: #/tools/0: required key [description] …"
        ),
    ]
}
