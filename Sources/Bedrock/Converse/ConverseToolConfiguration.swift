import JSON

/// The tools a model may use. Source: AWS API reference "ToolConfiguration".
public struct ConverseToolConfiguration: Sendable, Hashable {
    public enum Tool: Sendable, Hashable {
        case specification(ConverseToolSpecification)
        case cachePoint(ConverseCachePoint)
    }

    public enum Choice: Sendable, Hashable {
        case auto, any
        case tool(name: String)
    }

    public var tools: [Tool]
    public var choice: Choice

    public init(tools: [Tool], choice: Choice) {
        self.tools = tools
        self.choice = choice
    }

    public var json: JSON {
        let tools = tools.map { tool -> JSON in
            switch tool {
            case .specification(let specification): specification.json
            case .cachePoint(let point): point.json
            }
        }
        let choice: JSON =
            switch choice {
            case .auto: ["auto": [:]]
            case .any: ["any": [:]]
            case .tool(let name): ["tool": ["name": .string(name)]]
            }
        return ["tools": .array(tools), "toolChoice": choice]
    }
}

/// Source: AWS API reference "ToolSpecification".
public struct ConverseToolSpecification: Sendable, Hashable {
    public var name: String
    public var description: String?
    /// JSON Schema, its members in the client's order: prompt caching compares prefixes.
    public var inputSchema: JSONObject

    public init(name: String, description: String?, inputSchema: JSONObject) {
        self.name = name
        self.description = description
        self.inputSchema = inputSchema
    }

    var json: JSON {
        var members: JSONObject = ["name": .string(name), "inputSchema": ["json": .object(inputSchema)]]
        if let description { members.append("description", .string(description)) }
        return ["toolSpec": .object(members)]
    }
}
