import JSON

// MARK: - From a request to what is said

extension AnswerPlan {
    /// Plans the answer to a request that passed the rules.
    init(_ request: ConverseRequest, _ directives: Directives, model: SandboxModel) throws(AWSError) {
        self.init(blocks: [])
        if let words = Self.reasoningWords(request, directives, model) {
            blocks.append(
                .reasoning(
                    .vocabulary(words),
                    signature: model.family == .claude ? Self.signature(words: words) : nil
                )
            )
        }
        let calls = Self.calls(request, directives)
        if let text = Self.text(request, directives, isCalling: !calls.isEmpty) { blocks.append(.text(text)) }
        for (index, call) in calls.enumerated() {
            if model.family == .nova, call.name.contains("-") { throw Self.invalidSequence }
            blocks.append(Self.toolUse(call, index: index, request, model))
        }
        if !calls.isEmpty { stopReason = "tool_use" }
        if let guardrail = request.guardrail { intervene(guardrail) }
        stop(at: request.stopSequences)
        if let limit = request.maximumTokens { self.limit(tokens: limit) }
        if let reason = directives.stopReason { stopReason = reason }
    }

    private static let invalidSequence = AWSError(
        status: 424,
        type: "ModelErrorException",
        message: "Model produced invalid sequence as part of ToolUse. Please refer to the model tool use "
            + "troubleshooting guide.",
        details: ["originalStatusCode": 424]
    )

    // MARK: Reasoning

    private static func reasoningWords(
        _ request: ConverseRequest,
        _ directives: Directives,
        _ model: SandboxModel
    ) -> Int? {
        if let words = directives.reasoningWords { return words > 0 ? words : nil }
        let thinking = request.additionalFields["thinking"] ?? request.additionalFields["reasoning_config"]
        let isAsked = thinking?["type"]?.stringValue == "enabled"
        switch model.reasoning {
        case .always: return 12
        case .onRequest: return isAsked ? 12 : nil
        case .never: return nil
        }
    }

    /// A stand-in for the signature that Claude puts under its thinking.
    static func signature(words: Int) -> String {
        "sandbox-" + ASCII.hex(Digest.sha256("thinking of \(words) words"))
    }

    // MARK: Text

    private static func text(
        _ request: ConverseRequest,
        _ directives: Directives,
        isCalling: Bool
    ) -> AnswerText? {
        if directives.echoesIdentity { return AnswerText(directives.caller) }
        if directives.echoesRequest { return AnswerText(redacted(request.json).serializedString()) }
        if let words = directives.words { return words > 0 ? .vocabulary(words) : nil }
        if let bytes = directives.bytes {
            return bytes > 0 ? .filler(bytes: bytes, pieceBytes: directives.eventBytes) : nil
        }
        var sentences = toolResults(request)
        let said = directives.remainder.isEmpty && !isCalling ? request.lastUserText : directives.remainder
        if !said.isEmpty { sentences.append("You said: " + said) }
        sentences += media(request)
        return sentences.isEmpty ? nil : AnswerText(sentences.joined(separator: "\n"))
    }

    /// One sentence for each tool result of the last turn.
    private static func toolResults(_ request: ConverseRequest) -> [String] {
        var names: [String: String] = [:]
        for message in request.messages {
            for case .toolUse(let use) in message.blocks { names[use.id] = use.name }
        }
        return request.lastUserBlocks.compactMap { block in
            guard case .toolResult(let result) = block else { return nil }
            let parts = result.content.map { part in
                part["text"]?.stringValue ?? part["json"]?.serializedString()
                    ?? "(\(part.objectValue?.keys.first ?? ""))"
            }
            let verb = result.isError ? "failed" : "answered"
            return "The tool \(names[result.id] ?? result.id) \(verb): \(parts.joined(separator: " "))"
        }
    }

    /// What images and documents the last turn has.
    private static func media(_ request: ConverseRequest) -> [String] {
        func sentence(_ media: [String], _ noun: String) -> String? {
            guard !media.isEmpty else { return nil }
            let count = media.count == 1 ? "1 \(noun)" : "\(media.count) \(noun)s"
            return "I see \(count) (\(media.joined(separator: "; ")))."
        }
        let images = request.lastUserBlocks.compactMap { block in
            if case .image(let image) = block { "\(image.format ?? "?"), \(image.byteCount) bytes" } else { nil }
        }
        let documents = request.lastUserBlocks.compactMap { block in
            if case .document(let document) = block {
                "\(document.name ?? ""), \(document.format ?? "text"), \(document.byteCount) bytes"
            } else {
                nil
            }
        }
        return [sentence(images, "image"), sentence(documents, "document")].compactMap { $0 }
    }

    /// The request with media told by size.
    private static func redacted(_ json: JSON) -> JSON {
        switch json {
        case .object(let object):
            var copy: JSONObject = [:]
            for (key, value) in object {
                if key == "bytes", let text = value.stringValue, let count = Base64.decodedCount(text) {
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

    private static func calls(_ request: ConverseRequest, _ directives: Directives) -> [Directives.Call] {
        guard let tools = request.tools else { return [] }
        if !directives.calls.isEmpty { return directives.calls }
        guard let choice = request.toolChoice, choice.kind != .auto else { return [] }
        // A forced call: the tool named, or the first, with the least input its schema asks for.
        for case .specification(let name, _, let schema) in tools where choice.name == nil || choice.name == name {
            return [Directives.Call(name: name, input: SchemaSample.value(for: schema))]
        }
        return []
    }

    private static func toolUse(
        _ call: Directives.Call,
        index: Int,
        _ request: ConverseRequest,
        _ model: SandboxModel
    ) -> Block {
        let input = call.input.serializedString()
        let seed = "\(model.id) \(request.messages.count) \(index) \(call.name) \(input)"
        let id = "tooluse_" + ASCII.hex(Digest.sha256(seed)).prefix(22)
        // An empty input comes as one empty piece from Claude and as none from others.
        let pieces = input == "{}" ? (model.family == .claude ? [""] : []) : SchemaSample.pieces(input)
        return .toolUse(id: id, name: call.name, input: call.input, pieces: .literal(pieces))
    }

    // MARK: Guardrails

    /// `blocked` refuses the input, `blockedoutput` the answer; any other guardrail lets everything pass.
    private mutating func intervene(_ guardrail: ConverseRequest.Guardrail) {
        let side: String
        switch guardrail.identifier {
        case "blocked":
            side = "inputAssessment"
            blocks = []
        case "blockedoutput":
            side = "outputAssessments"
            if !guardrail.isAsynchronous { blocks = [] }
        default: return
        }
        let notice = AnswerText((blocks.isEmpty ? "" : "\n") + "Sorry, the guardrail has blocked this.")
        blocks.append(.text(notice))
        stopReason = "guardrail_intervened"
        guard guardrail.isTraced else { return }
        let assessment: JSON = [
            "wordPolicy": [
                "customWords": [["match": "blocked", "action": "BLOCKED", "detected": true]],
                "managedWordLists": [],
            ]
        ]
        let value: JSON = side == "inputAssessment" ? assessment : [assessment]
        trace = [
            "guardrail": .object([side: [guardrail.identifier: value], "actionReason": "Guardrail blocked."])
        ]
    }
}
