import Bedrock
import Catalog
import DIAL
import JSON
import Tokenization

/// Chat completion with Converse and ConverseStream; what a model can do comes from its profile.
///
/// Source: AWS API reference "Converse", "ConverseStream".
public struct ConverseAdapter: ChatAdapter {
    public init() {}

    public func prepare(
        _ request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> PreparedChat {
        var prompt = try await ConversePrompt(request, context)
        var discarded: [Int]?
        if let limit = request.maxPromptTokens { discarded = try prompt.truncate(to: limit) }

        let profile = context.deployment.profile
        if request.isOfOpenAIClient, !profile.prefill { prompt.turns.endWithUser() }
        prompt.moveFilesToUser()
        if !profile.systemPrompt { prompt.moveSystemToUser() }
        let callMode = CallMode(request, sendsTools: prompt.tools != nil)
        let isEmulated = profile.tools == .emulatedStreaming && callMode != .none
        let isStreaming = request.stream && !isEmulated
        let hasGuardrail = prompt.configuration.guardrail != nil
        let answer = ConverseAnswer(
            callMode: callMode,
            toolNames: prompt.toolNames,
            structured: prompt.answerTool.map(StructuredAnswer.init),
            stops: prompt.stops
        )
        return PreparedChat(
            call: UpstreamCall(
                operation: isStreaming ? .converseStream : .converse,
                modelID: context.deployment.upstreamID,
                body: prompt.body.json(streaming: isStreaming, base64: Base64.encode).serialized()
            ),
            discardedMessages: discarded,
            cache: prompt.cachePoints.isEmpty
                ? nil : CacheReport(request, includingTools: profile.cachePoints != .conversation),
            notes: prompt.notes,
            makeTranslator: {
                if isStreaming { return ConverseStreamTranslator(answer, hasGuardrail: hasGuardrail) }
                return ConverseBlockTranslator(answer)
            }
        )
    }

    public func countTokens(
        in request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> Int {
        try await ConversePrompt(request, context).tokenCount
    }

    public func discardedMessages(
        in request: ChatCompletionRequest,
        fitting limit: Int,
        _ context: AdapterContext
    ) async throws(DIALError) -> [Int] {
        var prompt = try await ConversePrompt(request, context)
        return try prompt.truncate(to: limit)
    }

    public func configurationSchema(_ deployment: Deployment) -> JSON? {
        ConverseConfiguration.schema
    }
}
