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
        let json = try body(of: request)
        try ShapeCheck.check(json, against: isStreaming ? ConverseShapes.streamRequest : ConverseShapes.request)
        let conversation = ConverseRequest(json, isStreaming: isStreaming)
        try ConverseRules(request: conversation, model: model).check()

        var directives = directives(for: request, prompt: conversation.lastUserText)
        directives.fault = due(directives.fault, modelID: modelID, prompt: conversation.lastUserText)
        if let answer = try immediateFault(directives.fault, isStreaming: isStreaming) { return answer }

        let plan = try AnswerPlan(conversation, directives, model: model)
        let share = promptCache.count(conversation, model: model)
        guard share.input + share.read + share.write <= model.context else {
            throw model.family == .claude
                ? .model(
                    "prompt is too long: \(share.input + share.read + share.write) tokens > "
                        + "\(model.context) maximum"
                )
                : .validation("Input is too long for requested model.")
        }
        let answering = ConverseAnswer(
            request: conversation,
            plan: plan,
            share: share,
            rate: directives.rate ?? configuration.tokensPerSecond,
            firstToken: directives.firstToken ?? 0,
            fault: directives.fault
        )
        var answer = isStreaming ? answering.stream() : answering.whole()
        if let head = directives.head { answer.delay += .milliseconds(head) }
        return answer
    }

    private func resolve(_ modelID: String) throws(AWSError) -> SandboxModel {
        guard let resolution = SandboxModel.resolve(modelID) else {
            throw .validation("The provided model identifier is invalid.")
        }
        if configuration.requiresProfiles, !resolution.isProfile, !resolution.model.onDemand {
            throw .validation(
                "Invocation of model ID \(modelID) with on-demand throughput isn’t supported. Retry "
                    + "your request with the ID or ARN of an inference profile that contains this model."
            )
        }
        return resolution.model
    }

    private func body(of request: SandboxRequest) throws(AWSError) -> JSON {
        if request.body.isEmpty { return [:] }
        do {
            return try JSON(parsing: request.body)
        } catch {
            throw .serialization("The request body is not JSON: \(error)")
        }
    }

    // MARK: Directives

    /// From the configuration, the header `X-Sandbox-Directives` and the prompt; the later wins.
    func directives(for request: SandboxRequest, prompt: String) -> Directives {
        var directives = Directives(parsing: configuration.directives)
        for header in request.headers where header.isNamed("x-sandbox-directives") {
            directives.read(header.value)
        }
        directives.read(prompt)
        directives.caller = authentication.claimedCaller(of: request)?.arn ?? ""
        return directives
    }

    /// The fault, unless it has occurred as often as it was ordered.
    private func due(
        _ order: Directives.FaultOrder?,
        modelID: String,
        prompt: String
    ) -> Directives.FaultOrder? {
        guard let order, let times = order.times else { return order }
        return occurrences.count("\(modelID)\n\(order.fault.name)\n\(prompt)") <= times ? order : nil
    }

    /// Faults that leave nothing of the answer.
    private func immediateFault(
        _ order: Directives.FaultOrder?,
        isStreaming: Bool
    ) throws(AWSError) -> SandboxAnswer? {
        switch order?.fault.effect {
        case .error(let error): throw error
        case .raw(let status, let type, let body):
            return SandboxAnswer(
                status: status,
                headers: type.map { [SandboxHeader("Content-Type", $0)] } ?? [],
                body: .bytes(Array(body.utf8))
            )
        case .hangBeforeHead:
            var answer = SandboxAnswer(status: 200)
            answer.hangsBeforeHead = true
            return answer
        case .exception(_, _, let equivalent) where !isStreaming: throw equivalent
        case .errorMessage(_, let message) where !isStreaming:
            throw AWSError(status: 500, type: "InternalServerException", message: message)
        case .exception, .errorMessage, .stream, nil: return nil
        }
    }
}
