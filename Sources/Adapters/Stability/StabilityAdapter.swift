import Bedrock
import Catalog
import DIAL
import JSON

/// Images from text, and from text and an image: SDXL 1.0, SD3 and SD3.5 Large, Stable Image Ultra and Core.
///
/// Only the last message counts. Source: AWS Bedrock user guide, "Stability AI models".
public struct StabilityAdapter: ChatAdapter {
    public init() {}

    public func prepare(
        _ request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> PreparedChat {
        try request.checkToolDeclarations()
        try request.checkUndeclaredUse()
        try request.checkToolChoice()
        try request.refuseTools()
        let dialect = StabilityDialect(context.deployment.profile)
        let configuration = try dialect.configuration(request.configuration)
        let message = request.messages[try Self.promptIndex(request, dialect)]
        let image = try await StabilityInputImage.base64(in: message, context)
        let body = try dialect.body(message, image: image, seed: request.seed, configuration)
        return PreparedChat(
            call: UpstreamCall(
                operation: .invokeModel,
                modelID: context.deployment.upstreamID,
                body: JSON.object(body).serialized()
            ),
            makeTranslator: { StabilityTranslator(dialect) }
        )
    }

    /// - Throws: 404: tokens of images are not counted.
    public func countTokens(
        in request: ChatCompletionRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> Int {
        throw .notImplemented
    }

    /// Everything but the prompt and what is left out next to it, whatever the limit.
    public func discardedMessages(
        in request: ChatCompletionRequest,
        fitting limit: Int,
        _ context: AdapterContext
    ) async throws(DIALError) -> [Int] {
        let dialect = StabilityDialect(context.deployment.profile)
        let prompt = try Self.promptIndex(request, dialect)
        guard dialect.ignoresBlankSystem else { return request.messages.indices.filter { $0 != prompt } }
        let before = request.messages[..<prompt].lastIndex { !$0.isIgnored(dialect) }
        return before.map { Array(0...$0) } ?? []
    }

    public func configurationSchema(_ deployment: Deployment) -> JSON? {
        StabilityDialect(deployment.profile).configurationSchema
    }

    /// Where the message stands that is the prompt: the last one that is not left out.
    private static func promptIndex(
        _ request: ChatCompletionRequest,
        _ dialect: StabilityDialect
    ) throws(DIALError) -> Int {
        guard let index = request.messages.lastIndex(where: { !$0.isIgnored(dialect) }) else {
            throw .validation(dialect.noMessagesText)
        }
        guard request.messages[index].role == .user else { throw .validation("Last message must be from user") }
        return index
    }
}

extension Message {
    /// The model has no tools: calls and their results are left out. So are blank system messages where the dialect says so.
    fileprivate func isIgnored(_ dialect: StabilityDialect) -> Bool {
        switch role {
        case .tool, .function: true
        case .assistant: hasCalls
        case .system, .developer: dialect.ignoresBlankSystem && (try? joinedText().isBlank) == true
        case .user: false
        }
    }
}
