// MARK: - Converse and ConverseStream

extension Sandbox {
    func converse(_ invocation: Invocation) throws(AWSError) -> SandboxAnswer {
        let (json, model, isStreaming) = (invocation.json, invocation.model, invocation.isStreaming)
        guard model.family.speaksConverse else {
            throw .validation(
                "This action doesn't support the model that you provided. Try again with a supported text or chat model."
            )
        }
        try ShapeCheck.check(json, against: isStreaming ? ConverseShapes.streamRequest : ConverseShapes.request)
        let conversation = ConverseRequest(json, isStreaming: isStreaming)
        try ConverseRules(request: conversation, model: model).check()

        return try answer(invocation.order(prompt: conversation.lastUserText)) { directives throws(AWSError) in
            let plan = try AnswerPlan(conversation, directives, model: model)
            let share = promptCache.count(conversation.parts, model: model)
            guard share.total <= model.context else {
                throw model.family == .claude
                    ? .model(AnthropicError.tooLong(share.total, limit: model.context).message)
                    : .validation("Input is too long for requested model.")
            }
            let answering = ConverseAnswer(
                request: conversation,
                plan: plan,
                share: share,
                delivery: Delivery(directives, rate: configuration.tokensPerSecond)
            )
            return isStreaming ? answering.stream() : answering.whole()
        }
    }
}
