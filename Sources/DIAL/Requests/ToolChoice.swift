import JSON

/// Which tool the model has to use. Source: DIAL API, `tool_choice`.
public enum ToolChoice: Sendable, Hashable {
    case auto
    /// Wire name `none`.
    case never
    /// Some tool.
    case required
    /// This tool.
    case function(String)
}

/// The legacy form. Source: DIAL API, `function_call`.
public enum FunctionCallChoice: Sendable, Hashable {
    case auto
    /// Wire name `none`.
    case never
    case function(String)
}

extension Rule<ToolChoice> {
    static var toolChoice: Rule {
        let words = Rule<String>.literal("auto", "none", "required").map { word -> ToolChoice in
            switch word {
            case "none": .never
            case "required": .required
            default: .auto
            }
        }
        return .union(
            "literal['auto','none','required']",
            words,
            Rule<NamedToolChoice>.model().map { .function($0.name) }
        )
    }
}

extension Rule<FunctionCallChoice> {
    static var functionCallChoice: Rule {
        let words = Rule<String>.literal("auto", "none").map { word -> FunctionCallChoice in
            word == "none" ? .never : .auto
        }
        return .union("literal['auto','none']", words, Rule<FunctionChoice>.model().map { .function($0.name) })
    }
}

private struct NamedToolChoice: RequestModel {
    enum Field: String {
        case type, function
    }

    let name: String

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.type, .literal("function"))
        name = try fields.required(.function, .model(FunctionChoice.self)).name
    }
}

private struct FunctionChoice: RequestModel {
    enum Field: String {
        case name
    }

    let name: String

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        name = try fields.required(.name, .string)
    }
}
