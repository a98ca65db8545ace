import Bedrock

/// A request translated: what to call, and how to read the answer.
public struct PreparedChat: Sendable {
    /// The same for every choice: n choices are n calls.
    public var call: UpstreamCall
    /// Indices of the messages dropped because of `max_prompt_tokens`; nil when it was not given.
    public var discardedMessages: [Int]?
    /// How errors of the upstream are worded for the client.
    public var errorWording = UpstreamErrorWording.operation
    /// What the answer's headers say about prompt caching; nil when nothing is cached.
    public var cache: CacheReport?
    /// Sentences for the log: what was sent otherwise than asked. They quote no content of the request.
    public var notes: [String] = []
    /// One translator for each choice.
    public var makeTranslator: @Sendable () -> any AnswerTranslator
}

/// How the message of an upstream error reads.
public enum UpstreamErrorWording: Sendable, Hashable {
    /// `An error occurred (Code) when calling the Converse operation: message`
    case operation
    /// The service's words alone.
    case verbatim
}
