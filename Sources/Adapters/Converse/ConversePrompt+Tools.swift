import Bedrock
import DIAL
import JSON

extension ConversePrompt {
    /// Adds the tools that the request declares, or those its history mentions.
    /// - Throws: 422 when the model has no tools, or not the choice asked for.
    mutating func addTools(_ request: ChatCompletionRequest) throws(DIALError) {
        guard request.usesTools else { return addToolsOfHistory() }
        guard profile.tools != .unsupported else { throw .validation("Tools are not supported") }
        var declared = request.declaredTools
        guard !declared.isEmpty, !request.forbidsCalls else { return addToolsOfHistory() }
        let choice = try choice(request.requestedChoice)
        if choice == .any, case .function(let name) = request.requestedChoice {
            let named = declared.filter { $0.function.name.hasSameBytes(as: name) }
            if !named.isEmpty { declared = named }
        }
        var tools: [ConverseToolConfiguration.Tool] = []
        var schemaBudget = ToolSchema.budget
        for tool in declared {
            if profile.toolSchema != .any, tool.function.parameters?.hasChoices == true {
                notes.append(ToolSchema.choicesNote)
            }
            tools.append(.specification(specification(tool.function, &schemaBudget)))
            if let breakpoint = tool.cacheBreakpoint { tools.append(.cachePoint(ConverseCachePoint(breakpoint))) }
        }
        self.tools = ConverseToolConfiguration(tools: tools, choice: choice)
    }

    /// The service refuses calls in the history of a request without tools.
    private mutating func addToolsOfHistory() {
        guard profile.tools != .unsupported else { return }
        var names: [String] = []
        var known: Set<String> = []
        for turn in turns {
            for case .toolUse(_, let name, _) in turn.blocks where known.insert(name).inserted { names.append(name) }
        }
        guard !names.isEmpty else { return }
        let tools = names.map { name in
            ConverseToolConfiguration.Tool.specification(
                ConverseToolSpecification(
                    name: name,
                    description: profile.toolsNeedDescription ? " " : nil,
                    inputSchema: ToolSchema.ofObject(nil)
                )
            )
        }
        self.tools = ConverseToolConfiguration(tools: tools, choice: .auto)
    }

    private mutating func specification(
        _ function: FunctionDefinition,
        _ schemaBudget: inout Int
    ) -> ConverseToolSpecification {
        ConverseToolSpecification(
            name: toolNames.wireName(for: function.name),
            description: function.description?.nonEmpty ?? (profile.toolsNeedDescription ? " " : nil),
            inputSchema: inputSchema(function.parameters, &schemaBudget)
        )
    }

    func inputSchema(_ parameters: JSONObject?, _ schemaBudget: inout Int) -> JSONObject {
        let schema = ToolSchema.ofObject(parameters)
        return switch profile.toolSchema {
        case .any: schema
        case .withoutChoices: ToolSchema.withoutChoices(schema, budget: &schemaBudget)
        case .plain: ToolSchema.plain(schema, budget: &schemaBudget)
        }
    }

    private mutating func choice(_ requested: ToolChoice) throws(DIALError) -> ConverseToolConfiguration.Choice {
        switch requested {
        case .auto: return .auto
        case .never: throw .validation("tool_choice=none isn't supported by Converse API")
        case .required where profile.toolChoice.contains(.any): return .any
        case .function(let name) where profile.toolChoice.contains(.tool):
            return .tool(name: toolNames.wireName(for: name))
        case .function where profile.toolChoice.contains(.any):
            notes.append(
                "The named tool is the only one that is sent: the model can be made to call, but not to call that one"
            )
            return .any
        case .required, .function:
            notes.append("A forced tool choice is sent as auto: the model knows no other")
            return .auto
        }
    }
}

extension ChatCompletionRequest {
    /// Whether no tool is to be called, which clients made for OpenAI's API may ask for. The service has no such choice.
    var forbidsCalls: Bool { isOfOpenAIClient && requestedChoice == .never }
}
