import JSON

// MARK: - From a question to what is said

extension AnswerPlan {
    /// Plans the answer to a request that passed the rules.
    /// - Parameter callPrefix: what the ids of tool calls begin with.
    init(
        _ question: Question,
        _ directives: Directives,
        model: SandboxModel,
        callPrefix: String
    ) throws(AWSError) {
        self.init(blocks: [])
        if let words = Self.reasoningWords(question, directives, model) {
            let text = AnswerText.vocabulary(words)
            let shown = question.hidesReasoning ? "" : text.text
            blocks.append(
                .reasoning(text, signature: model.family == .claude ? ReasoningSeal.signature(of: shown) : nil)
            )
        }
        for index in 0..<(model.family == .claude ? directives.redactedBlocks ?? 0 : 0) {
            blocks.append(.redactedReasoning(data: ReasoningSeal.redacted(index)))
        }
        let calls = Self.calls(question, directives)
        if let text = Self.text(question, directives, isCalling: !calls.isEmpty) { blocks.append(.text(text)) }
        for (index, call) in calls.enumerated() {
            if model.family == .nova, call.name.contains("-") { throw Self.invalidSequence }
            blocks.append(Self.toolUse(call, index: index, question, model, prefix: callPrefix))
        }
        if !calls.isEmpty { stopReason = "tool_use" }
    }

    /// Ends the answer where the request or the directives want it to end.
    mutating func end(_ question: Question, _ directives: Directives) {
        stop(at: question.stopSequences)
        if let limit = question.maximumTokens { self.limit(tokens: limit) }
        if let reason = directives.stopReason { stopReason = reason }
    }

    private static let invalidSequence = AWSError(
        status: 424,
        type: "ModelErrorException",
        message: "Model produced invalid sequence as part of ToolUse. Please refer to the model tool use "
            + "troubleshooting guide.",
        details: ["originalStatusCode": 424]
    )

    private static func reasoningWords(
        _ question: Question,
        _ directives: Directives,
        _ model: SandboxModel
    ) -> Int? {
        if let words = directives.reasoningWords { return words > 0 ? words : nil }
        return model.reasoning == .always || question.reasons ? 12 : nil
    }

    // MARK: Text

    private static func text(
        _ question: Question,
        _ directives: Directives,
        isCalling: Bool
    ) -> AnswerText? {
        if directives.echoesIdentity { return AnswerText(directives.caller) }
        if directives.echoesRequest { return AnswerText(redacted(question.json).serializedString()) }
        if let words = directives.words { return words > 0 ? .vocabulary(words) : nil }
        if let bytes = directives.bytes {
            return bytes > 0 ? .filler(bytes: bytes, pieceBytes: directives.eventBytes) : nil
        }
        if let schema = question.outputSchema, !isCalling {
            return AnswerText(SchemaSample.value(for: schema).serializedString())
        }
        var sentences = question.toolResults.map { result in
            "The tool \(result.name) \(result.isError ? "failed" : "answered"): \(result.parts.joined(separator: " "))"
        }
        let said = directives.remainder.isEmpty && !isCalling ? question.text : directives.remainder
        if !said.isEmpty { sentences.append("You said: " + said) }
        sentences += [media(question.images, "image"), media(question.documents, "document")].compactMap { $0 }
        return sentences.isEmpty ? nil : AnswerText(sentences.joined(separator: "\n"))
    }

    private static func media(_ media: [String], _ noun: String) -> String? {
        guard !media.isEmpty else { return nil }
        let count = media.count == 1 ? "1 \(noun)" : "\(media.count) \(noun)s"
        return "I see \(count) (\(media.joined(separator: "; ")))."
    }

    /// The request with media told by size.
    private static func redacted(_ json: JSON) -> JSON {
        switch json {
        case .object(let object):
            var copy: JSONObject = [:]
            for (key, value) in object {
                if key == "bytes" || key == "data", let text = value.stringValue,
                    let count = Base64.decodedCount(text)
                {
                    copy[key] = .string("<\(count) bytes>")
                } else {
                    copy[key] = redacted(value)
                }
            }
            return .object(copy)
        case .array(let values): return .array(values.map(redacted))
        default: return json
        }
    }

    // MARK: Tools

    private static func calls(_ question: Question, _ directives: Directives) -> [Directives.Call] {
        guard let tools = question.tools else { return [] }
        if !directives.calls.isEmpty { return Array(directives.calls.prefix(question.callsOnce ? 1 : .max)) }
        guard let choice = question.toolChoice, choice.isForced else { return [] }
        // A forced call: the tool named, or the first, with the least input its schema asks for. After results the last,
        // or agents that have to call something would go on for ever.
        let eligible = tools.filter { choice.name == nil || choice.name == $0.name }
        guard let tool = question.toolResults.isEmpty ? eligible.first : eligible.last else { return [] }
        return [Directives.Call(name: tool.name, input: SchemaSample.value(for: tool.schema))]
    }

    private static func toolUse(
        _ call: Directives.Call,
        index: Int,
        _ question: Question,
        _ model: SandboxModel,
        prefix: String
    ) -> Block {
        let input = call.input.serializedString()
        let seed = "\(model.id) \(question.messageCount) \(index) \(call.name) \(input)"
        let id = prefix + ASCII.hex(Digest.sha256(seed)).prefix(22)
        // An empty input comes as one empty piece from Claude and as none from others.
        let pieces = input == "{}" ? (model.family == .claude ? [""] : []) : SchemaSample.pieces(input)
        return .toolUse(id: id, name: call.name, input: call.input, pieces: .literal(pieces))
    }
}
