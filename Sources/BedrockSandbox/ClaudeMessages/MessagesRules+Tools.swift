import JSON

// MARK: - Tools

extension MessagesRules {
    func checkTools() throws(AnthropicError) {
        var names: Set<String> = []
        for (index, tool) in request.tools.enumerated() {
            guard tool.schema["type"] != nil else {
                throw .invalid("tools.\(index).custom.input_schema.type: Field required")
            }
            guard tool.schema["type"]?.stringValue == "object" else {
                throw .invalid("tools.\(index).custom.input_schema.type: Input should be 'object'")
            }
            try ClaudeRules.checkSchema(tool.schema, at: index)
            guard names.insert(tool.name).inserted else { throw .invalid("tools: Tool names must be unique.") }
        }
        guard let choice = request.toolChoice else { return }
        guard !request.tools.isEmpty else {
            throw .invalid("tool_choice: tool_choice may only be specified while providing tools.")
        }
        if let name = choice.name, !names.contains(name) {
            throw .invalid("tool_choice: Tool '\(name)' not found in provided tools")
        }
    }

    /// Every call is answered at the beginning of the turn that follows it, and nothing else is.
    func checkToolTransactions() throws(AnthropicError) {
        var known: Set<String> = []
        var open: [String] = []
        for (index, message) in request.messages.enumerated() {
            if message.isUser {
                try checkAnswers(in: message, at: index, to: open)
                open = []
            } else {
                open = []
                for (position, block) in message.blocks.enumerated() {
                    guard case .toolUse(let id, _) = block.content else { continue }
                    // In the whole conversation, not only in its turn.
                    guard known.insert(id).inserted else {
                        throw .invalid("messages.\(index).content.\(position): `tool_use` ids must be unique")
                    }
                    open.append(id)
                }
            }
        }
        if !open.isEmpty { throw ClaudeRules.unanswered(open, at: request.messages.count - 1) }
    }

    private func checkAnswers(in message: Request.Message, at index: Int, to open: [String]) throws(AnthropicError) {
        var answered: Set<String> = []
        var isLeading = true
        for (position, block) in message.blocks.enumerated() {
            guard case .toolResult(let result) = block.content else {
                isLeading = false
                continue
            }
            guard open.contains(result.id) else {
                throw .invalid(
                    "messages.\(index).content.\(position): unexpected `tool_use_id` found in `tool_result` blocks: "
                        + "\(result.id). Each `tool_result` block must have a corresponding `tool_use` block in the "
                        + "previous message."
                )
            }
            guard answered.insert(result.id).inserted else {
                throw .invalid(
                    "messages.\(index).content.\(position): each tool_use must have a single result. Found multiple "
                        + "`tool_result` blocks with id: \(result.id)"
                )
            }
            // A result behind other content does not come immediately after its call.
            guard isLeading else { throw ClaudeRules.unanswered([result.id], at: index - 1) }
        }
        let missing = open.filter { !answered.contains($0) }
        if !missing.isEmpty { throw ClaudeRules.unanswered(missing, at: index - 1) }
    }
}
