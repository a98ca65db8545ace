import Bedrock
import Catalog
import DIAL
import HTTPClient
import JSON
import Tokenization

/// Chat completion with Claude 3 and later on the Messages API: Bedrock's InvokeModel, or Anthropic's own API.
///
/// Source: Anthropic API reference "Messages", AWS user guide "Anthropic Claude Messages API".
public struct ClaudeMessagesAdapter: ChatAdapter {
    public let pool = ConnectionPool.anthropicMessages

    public init() {}

    public func prepare(
        _ request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> PreparedChat {
        var prompt = try await ClaudePrompt(request, context)
        var discarded: [Int]?
        if let limit = request.maxPromptTokens {
            let documents = prompt.documentCount
            discarded = try prompt.truncate(to: limit)
            prompt.discardedDocuments = documents - prompt.documentCount
        }
        if request.isOfOpenAIClient, !prompt.profile.prefill { prompt.turns.endWithUser() }
        try prompt.normalise()
        let parameters = ClaudeParameters(request, &prompt, defaultMaxTokens: context.claudeDefaultMaxTokens)
        prompt.limitCacheMarks(topLevel: parameters.cacheControl)

        let upstreamID = context.deployment.upstreamID
        let operation: UpstreamOperation =
            switch context.upstream {
            case .bedrock: request.stream ? .invokeModelWithResponseStream : .invokeModel
            case .anthropic: .anthropicMessages(stream: request.stream)
            }
        let returnsState = context.deployment.profile.thinking != .unsupported
        let answer = ClaudeAnswer(
            callMode: CallMode(request),
            toolNames: prompt.toolNames,
            returnsState: returnsState,
            keepsBlocks: returnsState || prompt.tools.hasServerTools,
            documents: prompt.turns.flatMap(\.blocks).flatMap(\.documents).map(\.attachment),
            operation: operation
        )
        return PreparedChat(
            call: UpstreamCall(
                operation: operation,
                modelID: upstreamID,
                body: prompt.body(parameters, operation, model: upstreamID),
                headers: Self.headers(betas: parameters.betas)
            ),
            discardedMessages: discarded,
            errorWording: .verbatim,
            cache: CacheReport(request),
            notes: prompt.notes,
            makeTranslator: {
                if operation.isStreaming { return ClaudeStreamTranslator(answer) }
                return ClaudeBlockTranslator(answer)
            }
        )
    }

    public func countTokens(
        in request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> Int {
        try await ClaudePrompt(request, context, forCounting: true).tokenCount
    }

    public func discardedMessages(
        in request: ChatCompletionRequest,
        fitting limit: Int,
        _ context: AdapterContext
    ) async throws(DIALError) -> [Int] {
        var prompt = try await ClaudePrompt(request, context, forCounting: true)
        return try prompt.truncate(to: limit)
    }

    public func configurationSchema(_ deployment: Deployment) -> JSON? {
        ClaudeConfiguration.schema
    }

    private static func headers(betas: [String]) -> [HTTPHeader] {
        var headers = [HTTPHeader("Accept", "application/json")]
        if !betas.isEmpty { headers.append(HTTPHeader("anthropic-beta", betas.joined(separator: ","))) }
        return headers
    }
}
