import JSON

/// What any deployment may check of a request whose structure is right. None is called while decoding.
///
/// Source: DIAL API, semantic checks.
extension ChatCompletionRequest {
    /// - Throws: 422 when both ways of declaring functions are used.
    public func checkToolDeclarations() throws(DIALError) {
        guard functions == nil || tools == nil else {
            throw .validation("Both functions and tools are not allowed")
        }
    }

    /// - Throws: 422 when the function that has to be called is not declared.
    public func checkToolChoice() throws(DIALError) {
        let declared = declaredFunctions.map(\.name)
        for case .function(let name)? in [toolChoice, functionCall]
        where !declared.contains(where: { $0.hasSameBytes(as: name) }) {
            throw .validation("Function '\(name)' is not on the list of available functions")
        }
    }

    /// - Throws: 422 with the first message that lacks what its role needs.
    public func checkMessages() throws(DIALError) {
        for message in messages { try message.check() }
    }

    /// What the client runs: of `tools` or of the legacy `functions`, which have no marks. Without static tools.
    public var declaredTools: [FunctionTool] {
        let fromTools = (tools ?? []).compactMap { tool -> FunctionTool? in
            if case .function(let tool) = tool { tool } else { nil }
        }
        return fromTools + (functions ?? []).map { FunctionTool(function: $0) }
    }

    /// The functions of ``declaredTools``.
    public var declaredFunctions: [FunctionDefinition] { declaredTools.map(\.function) }

    /// The choice that goes with the way functions are declared.
    public var requestedChoice: ToolChoice { (tools != nil ? toolChoice : functionCall) ?? .auto }

    /// A conversation with calls needs the declarations: without them the model cannot make sense of it.
    /// - Throws: 422 when messages take up functions that the request does not declare.
    public func checkUndeclaredUse() throws(DIALError) {
        if tools == nil {
            if messages.contains(where: { $0.role == .assistant && $0.toolCalls?.isEmpty == false }) {
                throw .validation("Assistant message uses tools, but tools are not declared")
            }
            if messages.contains(where: { $0.role == .tool }) {
                throw .validation("Tool message is used, but tools are not declared")
            }
        }
        if functions == nil {
            if messages.contains(where: { $0.role == .assistant && $0.functionCall != nil }) {
                throw .validation("Assistant message uses functions, but functions are not declared")
            }
            if messages.contains(where: { $0.role == .function }) {
                throw .validation("Function message is used, but functions are not declared")
            }
        }
    }
}

extension Message {
    /// - Throws: 422 when the message lacks what its role needs.
    fileprivate func check() throws(DIALError) {
        switch role {
        case .system, .developer: try checkSystem()
        case .user:
            if content == nil { throw .validation("User message is expected to have content field") }
        case .assistant: try checkAssistant()
        case .tool: try checkResult(of: "tool", identifier: toolCallID, named: "tool_call_id")
        case .function: try checkResult(of: "function", identifier: name, named: "name")
        }
    }

    private func checkSystem() throws(DIALError) {
        switch content {
        case .text: return
        case .parts(let parts) where parts.allSatisfy({ $0.text != nil }): return
        default:
            throw .validation("System message is expected to be a string or a list of text content parts")
        }
    }

    private func checkAssistant() throws(DIALError) {
        switch (toolCalls, functionCall) {
        case (.some, .some):
            throw .validation("Unknown message type or invalid message")
        case (.some, nil):
            if case .parts = content {
                throw .validation("The assistant message with tool calls shouldn't contain content parts")
            }
        case (nil, .some):
            if case .parts = content {
                throw .validation("The assistant message with function call shouldn't contain content parts")
            }
        case (nil, nil):
            // An answer without a text has none; what it had instead stands in its state.
            guard content != nil || customContent?.state != nil else {
                throw .validation("Assistant message is expected to have content field")
            }
        }
    }

    private func checkResult(of kind: String, identifier: String?, named field: String) throws(DIALError) {
        if case .parts = content {
            throw .validation("The \(kind) message shouldn't contain content parts")
        }
        guard content != nil, identifier != nil else {
            throw .validation("The \(kind) message is expected to have content and \(field) fields")
        }
    }
}
