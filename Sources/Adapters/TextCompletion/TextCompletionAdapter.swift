import Bedrock
import Catalog
import DIAL
import JSON

/// What sets a family of text models apart besides its ``ChatFormat``.
protocol TextCompletionFamily: Sendable {
    func format(_ profile: ModelProfile) -> ChatFormat

    /// The request body.
    func body(_ prompt: String, stops: [String], maxTokens: Int, _ request: ChatCompletionRequest) -> JSONObject

    func makeTranslator(_ answer: TextAnswer) -> any AnswerTranslator
}

/// What a translator has to know of the request.
struct TextAnswer: Sendable {
    /// Exact or estimated.
    var promptTokens: Int
    var assistantCue: String
    /// All texts that end the answer.
    var stops: [String]
    var tools: ClaudeTextTools?
}

/// Chat with models that complete a text: Claude 2.x and Instant, Titan Text, Command.
///
/// Source: AWS Bedrock user guide, "Inference request parameters and response fields for foundation models".
public struct TextCompletionAdapter: ChatAdapter {
    private let family: any TextCompletionFamily

    /// Claude 2.x and Claude Instant.
    public static let claudeText = TextCompletionAdapter(family: ClaudeTextFamily())
    /// Amazon Titan Text.
    public static let titanText = TextCompletionAdapter(family: TitanTextFamily())
    /// Cohere Command and Command Light.
    public static let command = TextCompletionAdapter(family: CommandFamily())

    public func prepare(
        _ request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> PreparedChat {
        let profile = context.deployment.profile
        let tools = try tools(request, profile)
        var prompt = try prompt(request, profile, tools)
        let discarded = try request.maxPromptTokens.map { limit throws(DIALError) in try prompt.truncate(to: limit) }

        let stops = Self.stops(request, prompt, tools)
        let body = family.body(
            prompt.text,
            stops: stops,
            maxTokens: Self.maxTokens(request, context),
            request
        )
        let answer = TextAnswer(
            promptTokens: prompt.tokenCount,
            assistantCue: prompt.format.assistantCue,
            stops: stops,
            tools: tools
        )
        let family = family
        return PreparedChat(
            call: UpstreamCall(
                operation: request.stream ? .invokeModelWithResponseStream : .invokeModel,
                modelID: context.deployment.upstreamID,
                body: JSON.object(body).serialized()
            ),
            discardedMessages: discarded,
            makeTranslator: { family.makeTranslator(answer) }
        )
    }

    public func countTokens(
        in request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> Int {
        let profile = context.deployment.profile
        return try prompt(request, profile, try tools(request, profile)).tokenCount
    }

    public func discardedMessages(
        in request: ChatCompletionRequest,
        fitting limit: Int,
        _ context: AdapterContext
    ) async throws(DIALError) -> [Int] {
        let profile = context.deployment.profile
        var prompt = try prompt(request, profile, try tools(request, profile))
        return try prompt.truncate(to: limit)
    }

    public func configurationSchema(_ deployment: Deployment) -> JSON? { nil }
}

extension TextCompletionAdapter {
    /// - Returns: nil where there are none.
    /// - Throws: 422 for declarations or uses of tools that cannot be, and for any where the model takes none.
    private func tools(_ request: ChatCompletionRequest, _ profile: ModelProfile) throws(DIALError) -> ClaudeTextTools?
    {
        try request.checkToolDeclarations()
        try request.checkUndeclaredUse()
        try request.checkToolChoice()
        if profile.tools == .unsupported { try request.refuseTools() }
        guard let tools = ClaudeTextTools(request) else { return nil }
        try request.checkMessages()
        for message in request.messages where message.role == .tool { _ = try tools.name(ofCallAnsweredBy: message) }
        return tools
    }

    private func prompt(
        _ request: ChatCompletionRequest,
        _ profile: ModelProfile,
        _ tools: ClaudeTextTools?
    ) throws(DIALError) -> TextPrompt {
        let format = family.format(profile)
        let turns = try TextTurn.turns(request.messages, tools: tools, replacingEmptyText: format.replacesEmptyText)
        return TextPrompt(
            turns,
            format: format,
            tokenizer: profile.tokenizer,
            toolsPrompt: try tools?.declarationsPrompt()
        )
    }

    /// The request's stop sequences go first; none twice.
    private static func stops(
        _ request: ChatCompletionRequest,
        _ prompt: TextPrompt,
        _ tools: ClaudeTextTools?
    ) -> [String] {
        let all = (request.stop ?? []) + (tools == nil ? [] : [ClaudeTextTools.stopSequence]) + prompt.stopSequences
        var stops: [String] = []
        for stop in all where !stop.isEmpty && !stops.contains(where: { $0.utf8.elementsEqual(stop.utf8) }) {
            stops.append(stop)
        }
        return stops
    }

    private static func maxTokens(_ request: ChatCompletionRequest, _ context: AdapterContext) -> Int {
        request.maxTokens ?? context.deployment.profile.defaultMaxTokens ?? context.claudeDefaultMaxTokens
    }
}
