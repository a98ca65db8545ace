import JSON

/// A tool the model may use. Source: DIAL API, tools.
public enum Tool: Sendable {
    case function(FunctionTool)
    case staticFunction(StaticFunction)
}

/// A tool that the client runs.
public struct FunctionTool: Sendable {
    /// On the wire inside `function`, or flat beside `type`.
    public var function: FunctionDefinition
    /// The prompt up to and including this tool is to be cached.
    public var cacheBreakpoint: CacheBreakpoint?
}

/// A tool that the model's side runs, chosen by name.
public struct StaticFunction: Sendable {
    /// Claude's Messages API knows `web_search` alone.
    public var name: String
    /// The tool's definition for the service, handed on as it is.
    public var configuration: JSONObject?
}

/// A function's name and the JSON Schema of its parameters.
public struct FunctionDefinition: Sendable {
    /// As the client spells it; a model may get another name for it.
    public var name: String
    /// For the model to read; nil where the client says nothing.
    public var description: String?
    /// JSON Schema, its members in the client's order: prompt caching compares prefixes.
    public var parameters: JSONObject?
}

extension Rule<Tool> {
    static var tool: Rule {
        .union(
            "Tool",
            Rule { value throws(DIALError) in
                let isFlat = value.json["function"] == nil && value.json["name"] != nil
                if isFlat { return .function(try Rule<FlatTool>.model().decode(value).tool) }
                return .function(try Rule<FunctionTool>.model().decode(value))
            },
            Rule<StaticTool>.model().map { .staticFunction($0.function) }
        )
    }
}

extension FunctionTool: RequestModel {
    enum Field: String {
        case type, function
        case customFields = "custom_fields"
    }

    static var modelName: String { "Tool" }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.type, .literal("function"))
        function = try fields.required(.function, .model())
        cacheBreakpoint = try fields.optional(.customFields, .model(ToolCustomFields.self))?.cacheBreakpoint
    }
}

/// The form of DIAL's prompt caching example: the function's members beside `type` instead of inside `function`.
private struct FlatTool: RequestModel {
    enum Field: String {
        case type, name, strict, description, parameters
        case customFields = "custom_fields"
    }

    static var modelName: String { "Tool" }

    let tool: FunctionTool

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.type, .literal("function"))
        let name = try fields.required(.name, Rule<String>.string)
        _ = try fields.value(.strict, .boolean, default: false)
        tool = FunctionTool(
            function: FunctionDefinition(
                name: name,
                description: try fields.optional(.description, .string),
                parameters: try fields.optional(.parameters, .dictionary)
            ),
            cacheBreakpoint: try fields.optional(.customFields, .model(ToolCustomFields.self))?.cacheBreakpoint
        )
    }
}

private struct ToolCustomFields: RequestModel {
    enum Field: String {
        case cacheBreakpoint = "cache_breakpoint"
    }

    let cacheBreakpoint: CacheBreakpoint?

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        cacheBreakpoint = try fields.optional(.cacheBreakpoint, .model())
    }
}

private struct StaticTool: RequestModel {
    enum Field: String {
        case type
        case function = "static_function"
    }

    let function: StaticFunction

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.type, .literal("static_function"))
        function = try fields.required(.function, .model())
    }
}

extension StaticFunction: RequestModel {
    enum Field: String {
        case name, description, configuration
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        name = try fields.required(.name, .string)
        // The service describes its tools itself.
        try fields.check(.description, Rule<String>.string)
        configuration = try fields.optional(.configuration, .dictionary)
    }
}

extension FunctionDefinition: RequestModel {
    enum Field: String {
        case name, strict, description, parameters
    }

    static var modelName: String { "Function" }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        name = try fields.required(.name, .string)
        _ = try fields.value(.strict, .boolean, default: false)
        description = try fields.optional(.description, .string)
        parameters = try fields.optional(.parameters, .dictionary)
    }
}
