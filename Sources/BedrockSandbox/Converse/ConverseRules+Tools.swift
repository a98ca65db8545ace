import JSON

// MARK: - Tools

extension ConverseRules {
    func checkToolConfiguration() throws(AWSError) {
        guard let tools = request.tools else { return }
        guard model.tools != .none else { throw .validation("This model doesn't support tool use.") }
        guard model.tools == .streaming || !request.isStreaming else {
            throw .validation("This model doesn't support tool use in streaming mode.")
        }
        var names: Set<String> = []
        for (index, tool) in tools.enumerated() {
            guard case .specification(let name, let description, let schema) = tool else { continue }
            try checkSchema(schema, at: "toolConfig.tools.\(index).toolSpec.inputSchema.json")
            if model.family == .claude {
                try byModel { () throws(AnthropicError) in try ClaudeRules.checkSchema(schema, at: index) }
            }
            if model.needsToolDescriptions, description == nil {
                throw .model(
                    "Malformed input request: #/tools/\(index): required key [description] not found, "
                        + "please reformat your input and try again."
                )
            }
            guard names.insert(name).inserted else {
                throw .model("tools: Tool names must be unique.")
            }
        }
        guard !names.isEmpty else {
            throw .validation("The toolConfig.tools field must hold at least one toolSpec.")
        }
        guard let choice = request.toolChoice else { return }
        guard model.toolChoices.contains(choice.kind) else {
            throw .unsupported("toolConfig.toolChoice.\(choice.kind.rawValue)")
        }
        if let name = choice.name, !names.contains(name) {
            throw .model("tool_choice: Tool '\(name)' not found in provided tools")
        }
    }

    private func checkSchema(_ schema: JSON, at place: String) throws(AWSError) {
        guard case .object(let object) = schema else {
            throw .validation(
                "The format of the value at \(place) is invalid. Provide a json object for the field "
                    + "and try again."
            )
        }
        guard object["type"]?.stringValue == "object" else {
            throw .validation("The value at \(place).type must be one of the following: object.")
        }
        guard model.family == .nova else { return }
        // Nova takes these three at the root and nothing else.
        for key in object.keys where !["type", "properties", "required"].contains(key) {
            let pointer = "#/" + place.split(separator: ".").joined(separator: "/")
            throw .extraneousKey(key, at: pointer)
        }
    }

    /// Every tool use is answered in the turn that follows it, and nothing else is.
    func checkToolTransactions() throws(AWSError) {
        var open: [String] = []
        for (index, message) in request.messages.enumerated() {
            let results = message.blocks.enumerated().compactMap { position, block in
                if case .toolResult(let result) = block { (position: position, result: result) } else { nil }
            }
            let uses = message.blocks.enumerated().compactMap { position, block in
                if case .toolUse(let use) = block { (position: position, use: use) } else { nil }
            }
            guard request.tools != nil || (results.isEmpty && uses.isEmpty) else {
                guard model.tools != .none else { throw .validation("This model doesn't support tool use.") }
                throw .validation(
                    "The toolConfig field must be defined when using toolUse and toolResult "
                        + "content blocks."
                )
            }
            if message.isUser {
                try checkResults(results.map(\.result), of: message, at: index, answering: open)
                for (position, result) in results {
                    try checkResult(result, at: "messages.\(index).content.\(position).toolResult")
                }
            }
            for (position, use) in uses {
                guard case .object = use.input else {
                    throw .validation(
                        "The format of the value at messages.\(index).content.\(position)"
                            + ".toolUse.input is invalid. Provide a json object for the field and try again."
                    )
                }
            }
            open = uses.map(\.use.id)
            if model.hasShortCallIDs, let id = open.first(where: { !Self.isShort($0) }) {
                throw .model("Tool call id was \(id) but must be a-z, A-Z, 0-9, with a length of 9.")
            }
            guard Set(open).count == open.count else {
                throw .model("messages.\(index).content: `tool_use` ids must be unique")
            }
        }
        // An assistant turn at the end with calls in it can have no answers.
        if !open.isEmpty { throw missing(open, at: request.messages.count) }
    }

    private static func isShort(_ id: String) -> Bool {
        id.utf8.count == 9
            && id.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }

    private func checkResults(
        _ results: [Request.ToolResult],
        of message: Request.Message,
        at index: Int,
        answering open: [String]
    ) throws(AWSError) {
        guard results.count <= open.count else {
            throw .validation(
                "The number of toolResult blocks at messages.\(index).content exceeds the number of "
                    + "toolUse blocks of previous turn."
            )
        }
        let answered = Set(results.map(\.id))
        let unanswered = open.filter { !answered.contains($0) }
        guard unanswered.isEmpty else { throw missing(unanswered, at: index) }
        guard model.mixesToolResults || results.isEmpty else {
            let mixed = message.blocks.contains { block in
                switch block {
                case .toolResult, .cachePoint: false
                default: true
                }
            }
            if mixed {
                throw .validation(
                    "messages.\(index).content: Conversation blocks and tool result blocks cannot be "
                        + "provided in the same turn."
                )
            }
            return
        }
        guard model.family == .claude, !results.isEmpty else { return }
        // Claude wants the results before anything else of the turn.
        for block in message.blocks.prefix(results.count) {
            guard case .toolResult = block else {
                throw .model(ClaudeRules.unanswered(open, at: index - 1).message)
            }
        }
    }

    private func missing(_ ids: [String], at index: Int) -> AWSError {
        .validation(
            "Expected toolResult blocks at messages.\(index).content for the following Ids: "
                + ids.joined(separator: ", ")
        )
    }

    private func checkResult(_ result: Request.ToolResult, at place: String) throws(AWSError) {
        guard !result.content.isEmpty || !result.isError else {
            throw .validation("The content field at \(place) cannot be empty when status value is error.")
        }
        for (index, part) in result.content.enumerated() {
            if let value = part["json"], value.objectValue == nil {
                throw .validation(
                    "The format of the value at \(place).content.\(index).json is invalid. Provide a "
                        + "json object for the field and try again."
                )
            }
            for (field, isKnown) in [("image", model.images), ("document", model.documents), ("video", false)]
            where part[field] != nil && !(isKnown && [.claude, .nova].contains(model.family)) {
                throw .validation(
                    "This model doesn't support the \(field) field for user messages. "
                        + "Remove \(field) and try again."
                )
            }
        }
    }
}
