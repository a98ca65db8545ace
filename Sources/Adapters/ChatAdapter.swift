import Bedrock
import Catalog
import DIAL
import JSON

/// Translates between the DIAL API and one family of models. No I/O: files come through ``AdapterContext/attachments``.
public protocol ChatAdapter: Sendable {
    /// Whose connections and retries the calls have.
    var pool: ConnectionPool { get }

    /// The upstream call for a request.
    ///
    /// With `n > 1` the same call is made n times, each answered by a translator of its own.
    /// - Throws: ``DIALError`` when the request cannot be served.
    func prepare(_ request: ChatCompletionRequest, _ context: AdapterContext) async throws(DIALError) -> PreparedChat

    /// Tokens of the prompt of a request: `tokenize`.
    func countTokens(in request: ChatCompletionRequest, _ context: AdapterContext) async throws(DIALError) -> Int

    /// Indices of the messages that would be dropped, ascending: `truncate_prompt`.
    /// - Parameter limit: tokens of the prompt, `max_prompt_tokens`.
    func discardedMessages(
        in request: ChatCompletionRequest,
        fitting limit: Int,
        _ context: AdapterContext
    ) async throws(DIALError) -> [Int]

    /// JSON Schema of `custom_fields.configuration`; asked of deployments whose profile says that they have one.
    func configurationSchema(_ deployment: Deployment) -> JSON?
}

extension ChatAdapter {
    /// For Converse and InvokeModel.
    public var pool: ConnectionPool { .bedrock }
}
