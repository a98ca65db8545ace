/// How a conversation becomes one text for a model that completes texts: the family's customs, as data.
struct ChatFormat: Sendable {
    /// Which messages stand in the prompt without a cue.
    enum CueOmission: Sendable { case never, leadingSystemMessage, firstMessage }

    /// Between messages.
    var separator: String
    /// Stands before what the user says; system messages have the same.
    var userCue: String
    var assistantCue: String
    var cueOmission: CueOmission = .never
    /// The service refuses a conversation that does not begin with the user.
    var opensWithUser = false
    /// Explains the cues to the model.
    var prelude: String?
    /// The prompt ends with the assistant's cue.
    var endsWithInvitation = true
    /// A conversation that is a single user message is sent as it is.
    var sendsSingleUserMessageBare = false
    /// An empty message is sent as one space.
    var replacesEmptyText = false
    /// Where the model begins to speak for the user.
    var stopSequence: String
}

extension ChatFormat {
    /// Source: Anthropic "Text completions (legacy): prompt format". Without the newlines in front that it recommends:
    /// the answers that deployments have always given were made without them.
    static let claude = ChatFormat(
        separator: "\n\n",
        userCue: "Human:",
        assistantCue: "Assistant:",
        opensWithUser: true,
        stopSequence: "\n\nHuman:"
    )

    /// Claude 2.1 knows a system prompt: text before the first turn.
    static let claudeWithSystemPrompt = ChatFormat(
        separator: "\n\n",
        userCue: "Human:",
        assistantCue: "Assistant:",
        cueOmission: .leadingSystemMessage,
        opensWithUser: true,
        stopSequence: "\n\nHuman:"
    )

    /// The prelude names the cues the wrong way round. Answers were tuned to it, so it stays.
    static let titan = ChatFormat(
        separator: "\n\n",
        userCue: "Human:",
        assistantCue: "Assistant:",
        prelude: """
            You are a helpful assistant participating in a dialog with a user.
            The messages from the user start with "Assistant:".
            The messages from you start with "Human:".
            Reply to the last message from the user taking into account the preceding dialog history.
            ====================
            """,
        sendsSingleUserMessageBare: true,
        replacesEmptyText: true,
        stopSequence: "\n\nHuman:"
    )

    static let command = ChatFormat(
        separator: "\n",
        userCue: "User:",
        assistantCue: "Chatbot:",
        cueOmission: .firstMessage,
        endsWithInvitation: false,
        replacesEmptyText: true,
        stopSequence: "\nUser:"
    )
}

extension ChatFormat {
    /// The text of a turn in the prompt.
    /// - Parameter isFirst: of the conversation.
    func rendered(_ turn: TextTurn, isFirst: Bool) -> String {
        let isBare =
            switch cueOmission {
            case .never: false
            case .leadingSystemMessage: isFirst && turn.role == .system
            case .firstMessage: isFirst
            }
        if isBare { return turn.text.trimmingPythonWhitespace }
        let cue = turn.role == .assistant ? assistantCue : userCue
        return "\(cue) \(turn.text.trimmingLeadingPythonWhitespace)".trimmingTrailingPythonWhitespace
    }

    /// Whether a turn is rendered otherwise in first place.
    func dependsOnPlace(_ turn: TextTurn) -> Bool {
        switch cueOmission {
        case .never: false
        case .leadingSystemMessage: turn.role == .system
        case .firstMessage: true
        }
    }
}
