import Bedrock
import DIAL
import JSON

extension ConversePrompt {
    /// Translates a request, files included, up to but without truncation.
    ///
    /// - Throws: ``DIALError``: what comes first in the order system messages, configuration, messages, tools.
    init(_ request: borrowing ChatCompletionRequest, _ context: borrowing AdapterContext) async throws(DIALError) {
        let profile = context.deployment.profile
        try request.checkToolDeclarations()
        let entries = try request.messages.withoutBlankSystem
        if request.customFields?.cacheBreakpoint != nil {
            throw .validation(
                "Top-level `cache_breakpoint` is not supported because the Converse API does not support automatic caching."
            )
        }
        let configuration = try ConverseConfiguration(decoding: request.configuration)

        var names = ToolNames(allowsHyphen: profile.toolNamesAllowHyphen)
        // Definitions get their names before the history does.
        for function in request.declaredFunctions { _ = names.wireName(for: function.name) }
        self.init(turns: [], system: [], tools: nil, toolNames: names, configuration: configuration, profile: profile)

        var attachments = ConverseAttachments(profile, context.attachments)
        let systemEnd = entries.firstIndex { !$0.value.isSystem } ?? entries.count
        for entry in entries[..<systemEnd] { try appendSystem(entry.value) }
        await attachments.fetchAhead(request.messages)
        for entry in entries[systemEnd...] {
            if request.isOfOpenAIClient, entry.value.isSystem {
                try appendSystem(entry.value)
            } else {
                try await append(entry, &attachments)
            }
        }
        guard !turns.isEmpty else { throw .noMessages }

        inference.maxTokens = request.maxTokens ?? profile.defaultMaxTokens
        sample(request)
        end(at: request.stop ?? [])
        // Before the history is put in order: whether there are tools decides if it can be.
        try addTools(request)
        if case .jsonSchema(let format)? = request.responseFormat {
            ask(for: format, besideTools: !request.declaredTools.isEmpty && !request.forbidsCalls)
        }
        reason(request.reasoningEffort)
        normalise()
        guard !turns.isEmpty else { throw .noMessages }
    }
}

extension ConversePrompt {
    /// Later Claude models refuse one or all of these.
    private mutating func sample(_ request: borrowing ChatCompletionRequest) {
        inference.temperature = request.temperature
        inference.topP = request.topP
        guard let note = profile.sampling.settle(&inference.temperature, &inference.topP) else { return }
        notes.append(note)
    }

    private mutating func end(at stops: [String]) {
        guard !profile.stopSequences else {
            // The service refuses white space alone.
            inference.stopSequences = stops.filter { !$0.isBlank }
            return
        }
        self.stops = stops.filter { !$0.isEmpty }
        guard !self.stops.isEmpty else { return }
        notes.append("Stop sequences were not sent: the model takes none, and its answer is cut here")
    }

    private mutating func appendSystem(_ message: Message) throws(DIALError) {
        if !turns.isEmpty { notes.append(Message.lateSystemNote) }
        system += try message.systemTexts.map(ConverseSystemBlock.text)
        if let breakpoint = message.cacheBreakpoint { system.append(.cachePoint(ConverseCachePoint(breakpoint))) }
    }

    private mutating func append(
        _ entry: Sourced<Message>,
        _ attachments: inout ConverseAttachments
    ) async throws(DIALError) {
        let message = entry.value
        let turn: Turn
        switch message.role {
        case .system: throw .validation("System message can only follow system or developer message")
        case .developer: throw .validation("Developer message can only follow system or developer message")
        case .user, .assistant:
            let isUser = message.role == .user
            var blocks = try await blocks(message, &attachments)
            if !isUser { blocks += try calls(message) }
            if let breakpoint = message.cacheBreakpoint { blocks.append(.cachePoint(ConverseCachePoint(breakpoint))) }
            turn = Turn(role: isUser ? .user : .assistant, blocks: blocks, sources: entry.sources)
        case .tool, .function:
            let result = try message.role == .tool ? Self.toolResult(message) : Self.functionResult(message)
            turn = Turn(
                role: .user,
                blocks: [.toolResult(result)],
                sources: entry.sources,
                resultSources: entry.sources
            )
        }
        turns.append(turn)
    }

    private func blocks(
        _ message: Message,
        _ attachments: inout ConverseAttachments
    ) async throws(DIALError) -> [ConverseContentBlock] {
        var blocks: [ConverseContentBlock] = []
        switch message.content {
        case .text(let text)?:
            if !text.isBlank { blocks.append(.text(text)) }
        case .parts(let parts)?:
            for part in parts {
                switch part {
                case .text(let text):
                    if !text.isBlank { blocks.append(.text(text)) }
                case .imageURL(let url): blocks.append(try await attachments.block(imageURL: url))
                case .file(let file): blocks.append(try attachments.block(file))
                case .inputAudio: throw .validation("Audio content parts aren't supported")
                case .refusal: throw .validation("Refusal content parts aren't supported")
                }
            }
        case nil: break
        }
        for attachment in message.attachments { blocks.append(try await attachments.block(attachment)) }
        return blocks
    }
}
