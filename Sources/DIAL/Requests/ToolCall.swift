import JSON

/// A call of a tool by the model. Source: DIAL API, message.
public struct ToolCall: Sendable, Hashable {
    /// Joins the call to the `tool` message that answers it.
    public var id: String
    public var function: FunctionCall
}

/// A function's name and its arguments as JSON text.
public struct FunctionCall: Sendable, Hashable {
    public var name: String
    /// JSON text as the model wrote it: it need not be valid.
    public var arguments: String
}

extension ToolCall: RequestModel {
    enum Field: String {
        case id, type, function
    }

    static var toleratesIndex: Bool { true }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        id = try fields.required(.id, .string)
        _ = try fields.required(.type, .literal("function"))
        function = try fields.required(.function, .model())
    }
}

extension FunctionCall: RequestModel {
    enum Field: String {
        case name, arguments
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        name = try fields.required(.name, .string)
        arguments = try fields.required(.arguments, .string)
    }
}
