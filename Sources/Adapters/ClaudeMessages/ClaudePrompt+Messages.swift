import DIAL
import JSON

/// Messages of the conversation as content blocks.
extension ClaudePrompt {
    /// Stands for a content that is missing where the API wants one.
    static let emptyText = " "

    mutating func blocks(
        of message: Message,
        _ attachments: ClaudeAttachments
    ) async throws(DIALError) -> [ClaudeContentBlock] {
        switch message.role {
        case .tool:
            var files: [ClaudeContentBlock] = []
            for attachment in message.attachments { files.append(try await attachments.block(attachment)) }
            return [Self.toolResult(message, id: message.toolCallID ?? "", files)]
        case .function:
            return [Self.toolResult(message, id: openCallID(ofFunction: message.name ?? ""), [])]
        case .assistant:
            switch ClaudeState.replay(message) {
            case .blocks(let blocks): return blocks
            case .invalid: notes.append("The state of an assistant message is not valid and was ignored")
            case .absent: break
            }
            let blocks = try await contentAndCalls(message, attachments)
            // An answer that had no text comes back with a state; the service refuses white space.
            let isEmptyAnswer = message.customContent?.state != nil && blocks.allSatisfy { $0.text?.isBlank == true }
            return isEmptyAnswer ? [.text(Placeholder.text)] : blocks
        case .user, .system, .developer:
            return try await contentAndCalls(message, attachments)
        }
    }

    private mutating func contentAndCalls(
        _ message: Message,
        _ attachments: ClaudeAttachments
    ) async throws(DIALError) -> [ClaudeContentBlock] {
        var blocks: [ClaudeContentBlock] = []
        if !message.hasCalls {
            for attachment in message.attachments { blocks.append(try await attachments.block(attachment)) }
        }
        switch message.content {
        case .text(let text):
            if !text.isEmpty { blocks.append(.text(text)) }
        case .parts(let parts):
            for part in parts {
                if let block = try await Self.block(part, attachments) { blocks.append(block) }
            }
        case nil:
            break
        }
        guard message.hasCalls else { return blocks.isEmpty ? [.text(Self.emptyText)] : blocks }
        for call in message.toolCalls ?? [] { blocks.append(try toolUse(call.function, id: call.id)) }
        if let call = message.functionCall {
            blocks.append(try toolUse(call, id: callID(ofFunction: call.name)))
        }
        return blocks.isEmpty ? [.text(Self.emptyText)] : blocks
    }

    private static func block(
        _ part: ContentPart,
        _ attachments: ClaudeAttachments
    ) async throws(DIALError) -> ClaudeContentBlock? {
        switch part {
        case .text(let text): return text.isEmpty ? nil : .text(text)
        case .imageURL(let url): return try await attachments.block(imageURL: url)
        case .file(let file): return try attachments.block(file)
        case .inputAudio(let format): throw attachments.unsupported("audio/\(format)")
        case .refusal: throw .validation("Refuse content parts aren't supported")
        }
    }

    private mutating func toolUse(_ call: FunctionCall, id: String) throws(DIALError) -> ClaudeContentBlock {
        let input: JSONObject
        do {
            input = try call.input()
        } catch {
            throw .internalServerError(
                "The arguments of the call of '\(call.name)' are not valid JSON: \(error.reason): char \(error.offset)"
            )
        }
        return ClaudeContentBlock(.toolUse(id: id, name: toolNames.wireName(for: call.name), input: input))
    }

    /// Static, since a call on the prompt would hold it while the id is found, and copy all names with each new one.
    private static func toolResult(
        _ message: Message,
        id: String,
        _ files: [ClaudeContentBlock]
    ) -> ClaudeContentBlock {
        var content = files
        if case .text(let text)? = message.content, !text.isEmpty { content.append(.text(text)) }
        if content.isEmpty { content = [.text(emptyText)] }
        return ClaudeContentBlock(.toolResult(toolUseID: id, content: content, isError: false))
    }

    /// Legacy functions have no ids; their name serves.
    private mutating func callID(ofFunction name: String) -> String { toolNames.wireName(for: name) }

    /// The id of the call that a function's result answers: a call that came back with the state has the model's own.
    private mutating func openCallID(ofFunction name: String) -> String {
        let wireName = toolNames.wireName(for: name)
        guard let caller = turns.lastIndex(where: { $0.role == .assistant }) else { return callID(ofFunction: name) }
        // Results come in numbers: the calls are looked through once for all of them.
        if openCalls.caller != caller || openCalls.count != turns[caller].blocks.count {
            openCalls = OpenCalls(caller: caller, count: turns[caller].blocks.count)
            for block in turns[caller].blocks {
                guard let name = block.toolUseName, let id = block.toolUseID else { continue }
                openCalls.ids[ExactString(name)] = openCalls.ids[ExactString(name)] ?? id
            }
        }
        return openCalls.ids[ExactString(wireName)] ?? callID(ofFunction: name)
    }
}
