import Bedrock

/// A request translated: what to call, and how to read the answer.
public struct PreparedChat: Sendable {
    /// The same for every choice: n choices are n calls.
    public var call: UpstreamCall
    /// Indices of the messages dropped because of `max_prompt_tokens`; nil when it was not given.
    public var discardedMessages: [Int]?
    /// The `model` of the answer.
    public var model: String?
    /// How errors of the upstream are worded for the client.
    public var errorWording: UpstreamErrorWording
    /// What the answer's headers say about prompt caching; nil when nothing is cached.
    public var cache: CacheReport?
    /// Sentences for the log: what was sent otherwise than asked. They quote no content of the request.
    public var notes: [String]
    /// One translator for each choice.
    public var makeTranslator: @Sendable () -> any AnswerTranslator

    public init(
        call: UpstreamCall,
        discardedMessages: [Int]? = nil,
        model: String? = nil,
        errorWording: UpstreamErrorWording = .operation,
        cache: CacheReport? = nil,
        notes: [String] = [],
        makeTranslator: @escaping @Sendable () -> any AnswerTranslator
    ) {
        self.call = call
        self.discardedMessages = discardedMessages
        self.model = model
        self.errorWording = errorWording
        self.cache = cache
        self.notes = notes
        self.makeTranslator = makeTranslator
    }
}

/// How the message of an upstream error reads.
public enum UpstreamErrorWording: Sendable, Hashable {
    /// `An error occurred (Code) when calling the Converse operation: message`
    case operation
    /// The service's words alone.
    case verbatim
}
