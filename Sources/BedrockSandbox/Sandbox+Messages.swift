import JSON

// MARK: - Anthropic Messages, whichever way it came

extension Sandbox {
    /// Claude over InvokeModel.
    func messages(_ invocation: Invocation) throws(AWSError) -> SandboxAnswer {
        let betas = Self.betas(of: invocation.request)
        let request: MessagesRequest
        do throws(AnthropicError) {
            try MessagesFields.create(onBedrock: true).check(invocation.json)
            let version = invocation.json["anthropic_version"]?.stringValue ?? ""
            guard version == "bedrock-2023-05-31" else {
                throw AnthropicError.invalid("Invalid API version: \(version)")
            }
            request = MessagesRequest(invocation.json, betas: betas, transport: .bedrock)
            try MessagesRules(request: request, model: invocation.model, transport: .bedrock).check()
        } catch {
            throw error.bedrock
        }
        return try answer(
            request,
            invocation.order(prompt: request.lastUserText),
            model: invocation.model,
            transport: .bedrock
        )
    }

    /// The answer to a request that passed the rules.
    func answer(
        _ request: MessagesRequest,
        _ order: Order,
        model: SandboxModel,
        transport: MessagesTransport
    ) throws(AWSError) -> SandboxAnswer {
        try answer(order) { directives throws(AWSError) in
            let question = Question(request, model: model)
            var plan = try AnswerPlan(question, directives, model: model, callPrefix: transport.callPrefix)
            plan.end(question, directives)
            // The two transports are two services that share no cache.
            let share = promptCache.count([.text("\(transport)")] + request.parts, model: model)
            guard share.total <= model.context else {
                throw AnthropicError.tooLong(share.total, limit: model.context).bedrock
            }
            let answering = MessagesAnswer(
                plan: plan,
                model: model,
                transport: transport,
                share: share,
                omitsThinking: request.omitsThinking,
                seed: "\(model.id) \(request.messages.count) \(order.prompt)",
                delivery: Delivery(directives, rate: configuration.tokensPerSecond)
            )
            return order.isStreaming ? answering.stream() : answering.whole()
        }
    }

    /// The flags of the header `anthropic-beta`.
    static func betas(of request: SandboxRequest) -> [String] {
        request.headers.filter { $0.isNamed("anthropic-beta") }
            .flatMap { $0.value.split(separator: ",", omittingEmptySubsequences: false) }
            .map { ASCII.trimmed($0) }
    }
}
