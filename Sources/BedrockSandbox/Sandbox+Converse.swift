import JSON

// MARK: - Converse and ConverseStream

extension Sandbox {
    func converse(
        _ request: SandboxRequest,
        modelID: String,
        isStreaming: Bool,
        at time: Int
    ) throws(AWSError) -> SandboxAnswer {
        try authentication.check(request, service: "bedrock", at: time)
        let model = try resolve(modelID)
        guard model.family.speaksConverse else {
            throw .validation(
                "This action doesn't support the model that you provided. Try again with a supported text or chat model."
            )
        }
        let json = try body(of: request)
        try ShapeCheck.check(json, against: isStreaming ? ConverseShapes.streamRequest : ConverseShapes.request)
        let conversation = ConverseRequest(json, isStreaming: isStreaming)
        try ConverseRules(request: conversation, model: model).check()

        let order = Order(
            request: request,
            modelID: modelID,
            prompt: conversation.lastUserText,
            isStreaming: isStreaming
        )
        return try answer(order) { directives throws(AWSError) in
            let plan = try AnswerPlan(conversation, directives, model: model)
            let share = promptCache.count(conversation.parts, model: model)
            guard share.total <= model.context else {
                throw model.family == .claude
                    ? .model(
                        "prompt is too long: \(share.total) tokens > "
                            + "\(model.context) maximum"
                    )
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
