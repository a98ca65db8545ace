import Catalog
import DIAL
import JSON

/// A request as the Messages API takes it, with what counting and truncation need to know about it.
struct ClaudePrompt: TruncatablePrompt, Sendable {
    enum Role: String, Sendable { case user, assistant }

    /// A message and the positions in the request's `messages` it was made of, ascending.
    struct Turn: Sendable {
        var role: Role
        var blocks: [ClaudeContentBlock]
        var sources: [Int]
    }

    /// The ids of the calls in the last assistant turn, by the functions' names.
    struct OpenCalls: Sendable {
        /// The turn's position, and the number of its blocks when they were looked through.
        var caller: Int?
        var count = 0
        var ids: [ExactString: String] = [:]
    }

    var system: [ClaudeContentBlock] = []
    var turns: [Turn] = []
    var tools: ClaudeTools
    var toolNames: ToolNames
    var configuration: ClaudeConfiguration
    let profile: ModelProfile
    var openCalls = OpenCalls()
    /// Documents of turns that were dropped.
    var discardedDocuments = 0
    /// For the log: what was sent otherwise than asked. Without content of the request.
    var notes: [String] = []

    /// - Parameter forCounting: not for a chat, so that a configuration meant for Converse does no harm.
    init(
        _ request: ChatCompletionRequest,
        _ context: AdapterContext,
        forCounting: Bool = false
    ) async throws(DIALError) {
        try request.checkToolDeclarations()
        try request.checkMessages()
        let messages = try request.messages.withoutBlankSystem
        configuration = try ClaudeConfiguration(decoding: request.configuration, ignoringConverseKeys: forCounting)
        profile = context.deployment.profile
        toolNames = ToolNames(allowsHyphen: profile.toolNamesAllowHyphen)
        tools = try ClaudeTools(request, names: &toolNames)
        for function in request.declaredFunctions where function.parameters?.hasChoices == true {
            notes.append(ToolSchema.choicesNote)
        }
        var attachments = ClaudeAttachments(
            profile,
            context.attachments,
            enablesCitations: configuration.enablesCitations
        )
        await attachments.fetchAhead(messages.map(\.value).filter(\.sendsFiles))
        for message in messages { try await append(message, attachments) }
        try checkEffort(request)
    }

    /// The effort may stand in two places, and must be one.
    private func checkEffort(_ request: ChatCompletionRequest) throws(DIALError) {
        guard let asked = request.reasoningEffort?.rawValue, let configured = configuration.effort,
            !configured.hasSameBytes(as: asked)
        else { return }
        throw .validation(
            "Conflicting reasoning effort values: \"reasoning_effort\"=\(asked) and "
                + "\"custom_fields.configuration.effort\"=\(configured). Only one may be specified."
        )
    }

    /// Translates one message; neighbours of one role become one turn.
    private mutating func append(
        _ sourced: Sourced<Message>,
        _ attachments: ClaudeAttachments
    ) async throws(DIALError) {
        let message = sourced.value
        if message.isSystem {
            return try appendSystem(message)
        }
        var blocks = try await blocks(of: message, attachments)
        if let cacheControl = ClaudeCacheControl(message.cacheBreakpoint),
            let last = blocks.lastIndex(where: { !$0.isThinking })
        {
            blocks[last].cacheControl = cacheControl
        }
        let role: Role = message.role == .assistant ? .assistant : .user
        if let last = turns.indices.last, turns[last].role == role {
            turns[last].blocks += blocks
            turns[last].sources += sourced.sources
        } else {
            turns.append(Turn(role: role, blocks: blocks, sources: sourced.sources))
        }
    }

    /// The models know no system message within a conversation; a later one joins those of the beginning.
    private mutating func appendSystem(_ message: Message) throws(DIALError) {
        if !turns.isEmpty { notes.append(Message.lateSystemNote) }
        var blocks = try message.systemTexts.map(ClaudeContentBlock.text)
        if let last = blocks.indices.last { blocks[last].cacheControl = ClaudeCacheControl(message.cacheBreakpoint) }
        system += blocks
    }
}

extension ClaudePrompt.Turn: ToolTurn {
    var isAssistant: Bool { role == .assistant }

    static func user(_ blocks: [ClaudeContentBlock]) -> Self { Self(role: .user, blocks: blocks, sources: []) }
}

extension Message {
    /// An answer that is replayed from its state has its files there.
    fileprivate var sendsFiles: Bool {
        guard role == .assistant else { return !isSystem && role != .function }
        guard !hasCalls else { return false }
        if case .blocks = ClaudeState.replay(self) { return false }
        return true
    }
}
