import JSON

/// Which tool the model has to use. Source: DIAL API, `tool_choice` and its legacy form `function_call`.
public enum ToolChoice: Sendable, Hashable {
    case auto
    /// Wire name `none`.
    case never
    /// Some tool.
    case required
    /// This tool.
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

    /// The legacy form, which knows no `required`.
    static var functionCall: Rule {
        let words = Rule<String>.literal("auto", "none").map { word -> ToolChoice in
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
