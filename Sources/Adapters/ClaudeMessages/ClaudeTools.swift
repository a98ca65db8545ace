import DIAL
import JSON

/// Tools of a request and how the model may use them.
///
/// Source: Anthropic API reference "Tool use".
struct ClaudeTools: Sendable {
    struct Definition: Sendable {
        var members: JSONObject
        var cacheControl: ClaudeCacheControl?

        /// The tool as it is sent.
        var json: JSONObject {
            var json = members
            if let cacheControl { json["cache_control"] = cacheControl.json }
            return json
        }
    }

    enum Choice: Sendable, Equatable {
        case auto, never, any
        case tool(String)

        var isForced: Bool {
            switch self {
            case .any, .tool: true
            case .auto, .never: false
            }
        }

        var json: JSON {
            switch self {
            case .auto: ["type": "auto"]
            case .never: ["type": "none"]
            case .any: ["type": "any"]
            case .tool(let name): ["type": "tool", "name": .string(name)]
            }
        }
    }

    var definitions: [Definition] = []
    /// Nil when there is nothing to choose from: tools that the service runs itself are not the client's to force.
    var choice: Choice?
    /// The service runs some tool itself.
    var hasServerTools = false

    init(_ request: ChatCompletionRequest, names: inout ToolNames) throws(DIALError) {
        var schemaBudget = ToolSchema.budget
        for tool in request.declaredTools { definitions.append(Self.definition(tool, names: &names, &schemaBudget)) }
        var serverTools: [Definition] = []
        for case .staticFunction(let function) in request.tools ?? [] {
            serverTools.append(try Self.definition(function, index: serverTools.count))
        }
        if !definitions.isEmpty { choice = Self.choice(request.requestedChoice, names: &names) }
        hasServerTools = !serverTools.isEmpty
        definitions += serverTools
    }

    private static func choice(_ requested: ToolChoice, names: inout ToolNames) -> Choice {
        switch requested {
        case .auto: .auto
        case .never: .never
        case .required: .any
        case .function(let name): .tool(names.wireName(for: name))
        }
    }

    private static func definition(
        _ tool: FunctionTool,
        names: inout ToolNames,
        _ schemaBudget: inout Int
    ) -> Definition {
        let function = tool.function
        let schema = ToolSchema.withoutChoices(ToolSchema.ofObject(function.parameters), budget: &schemaBudget)
        return Definition(
            members: [
                "name": .string(names.wireName(for: function.name)),
                "description": .string(function.description ?? ""),
                "input_schema": .object(schema),
            ],
            cacheControl: ClaudeCacheControl(tool.cacheBreakpoint)
        )
    }

    /// A tool that the service runs: its configuration is its definition.
    /// - Parameter index: among the tools of this kind.
    private static func definition(_ function: StaticFunction, index: Int) throws(DIALError) -> Definition {
        func invalid(_ path: String, _ reason: String) -> DIALError {
            .validation("Invalid static tool definition at 'tools[\(index)].static_function.\(path)': \(reason)")
        }
        var members = function.configuration ?? [:]
        switch members["name"] {
        case nil, .null?, ""?: members["name"] = .string(function.name)
        default: break
        }
        guard members["name"]?.stringValue?.hasSameBytes(as: "web_search") == true else {
            throw invalid("name", "Input should be 'web_search'")
        }
        guard members["type"]?.stringValue != nil else {
            throw invalid("configuration.BetaWebSearchTool20250305Param.type", "Field required")
        }
        return Definition(members: members)
    }
}
