import Bedrock
import Catalog
import DIAL
import JSON

extension ConversePrompt {
    /// Adds the tools that the request declares, or those its history mentions.
    /// - Throws: 422 when the model has no tools, or not the choice asked for.
    mutating func addTools(_ request: ChatCompletionRequest, _ profile: ModelProfile) throws(DIALError) {
        guard request.usesTools else { return addToolsOfHistory(profile) }
        guard profile.tools != .unsupported else { throw .validation("Tools are not supported") }
        let declared = request.declarations
        guard !declared.isEmpty else { return addToolsOfHistory(profile) }
        var tools: [ConverseToolConfiguration.Tool] = []
        var schemaBudget = ToolSchema.budget
        for (function, breakpoint) in declared {
            if profile.toolSchema != .any, function.parameters?.hasChoices == true {
                notes.append(ToolSchema.choicesNote)
            }
            tools.append(.specification(specification(function, profile, &schemaBudget)))
            if let breakpoint { tools.append(.cachePoint(ConverseCachePoint(breakpoint))) }
        }
        self.tools = ConverseToolConfiguration(tools: tools, choice: try choice(request.requestedChoice, profile))
    }

    /// The service refuses calls in the history of a request without tools.
    private mutating func addToolsOfHistory(_ profile: ModelProfile) {
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
        _ profile: ModelProfile,
        _ schemaBudget: inout Int
    ) -> ConverseToolSpecification {
        let description = function.description.flatMap { $0.isEmpty ? nil : $0 }
        return ConverseToolSpecification(
            name: toolNames.wireName(for: function.name),
            description: description ?? (profile.toolsNeedDescription ? " " : nil),
            inputSchema: Self.inputSchema(function.parameters, profile, &schemaBudget)
        )
    }

    static func inputSchema(
        _ parameters: JSONObject?,
        _ profile: ModelProfile,
        _ schemaBudget: inout Int
    ) -> JSONObject {
        let schema = ToolSchema.ofObject(parameters)
        return switch profile.toolSchema {
        case .any: schema
        case .withoutChoices: ToolSchema.withoutChoices(schema, budget: &schemaBudget)
        case .plain: ToolSchema.plain(schema, budget: &schemaBudget)
        }
    }

    private mutating func choice(
        _ requested: ToolChoice,
        _ profile: ModelProfile
    ) throws(DIALError) -> ConverseToolConfiguration.Choice {
        switch requested {
        case .auto: return .auto
        case .never: throw .validation("tool_choice=none isn't supported by Converse API")
        case .required where profile.toolChoice.contains(.any): return .any
        case .function(let name) where profile.toolChoice.contains(.tool):
            return .tool(name: toolNames.wireName(for: name))
        case .required, .function:
            notes.append("A forced tool choice is sent as auto: the model knows no other")
            return .auto
        }
    }
}

extension ChatCompletionRequest {
    /// Functions the model may call, with the mark behind each. Static tools are not Converse's.
    var declarations: [(function: FunctionDefinition, cacheBreakpoint: CacheBreakpoint?)] {
        if let tools {
            return tools.compactMap { tool in
                guard case .function(let tool) = tool else { return nil }
                return (tool.function, tool.cacheBreakpoint)
            }
        }
        return (functions ?? []).map { ($0, nil) }
    }
}
