import JSON

/// The tools a model may use. Source: AWS API reference "ToolConfiguration".
public struct ConverseToolConfiguration: Sendable, Hashable {
    /// An entry of `tools`; a cache point stands behind the last tool that it covers.
    public enum Tool: Sendable, Hashable {
        case specification(ConverseToolSpecification)
        case cachePoint(ConverseCachePoint)
    }

    /// `any` forces some tool, `tool` the one of that name; not every model knows these two.
    public enum Choice: Sendable, Hashable {
        case auto, any
        case tool(name: String)
    }

    /// At least one.
    public var tools: [Tool]
    /// Always sent.
    public var choice: Choice

    public init(tools: [Tool], choice: Choice) {
        self.tools = tools
        self.choice = choice
    }

    /// The wire form.
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
    /// `[a-zA-Z0-9_-]{1,64}`, not checked here.
    public var name: String
    /// Nil is left out; the service refuses an empty one.
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
