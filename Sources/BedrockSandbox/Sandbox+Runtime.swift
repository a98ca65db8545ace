import JSON

// MARK: - What the operations of Bedrock Runtime have in common

extension Sandbox {
    /// A request that may pass: what its body must be is the operation's and the model's matter.
    struct Invocation {
        var request: SandboxRequest
        var caller: Caller
        var model: SandboxModel
        /// The id as it was called.
        var modelID: String
        var json: JSON
        var isStreaming: Bool

        func order(prompt: String) -> Order {
            Order(request: request, caller: caller, modelID: modelID, prompt: prompt, isStreaming: isStreaming)
        }
    }

    func invocation(
        of request: SandboxRequest,
        modelID: String,
        isStreaming: Bool,
        at time: Int
    ) throws(AWSError) -> Invocation {
        Invocation(
            request: request,
            caller: try authentication.check(request, service: "bedrock", at: time),
            model: try resolve(modelID),
            modelID: modelID,
            json: try body(of: request),
            isStreaming: isStreaming
        )
    }

    /// The model of a request's path.
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

    /// A request as far as directives go.
    struct Order {
        var request: SandboxRequest
        /// Nil where an API key does not tell.
        var caller: Caller?
        var modelID: String
        /// The text that directives are looked for in.
        var prompt: String
        var isStreaming: Bool
    }

    /// What the directives put in the place of an answer, or else what `answering` makes of them.
    func answer(
        _ order: Order,
        _ answering: (Directives) throws(AWSError) -> SandboxAnswer
    ) throws(AWSError) -> SandboxAnswer {
        var directives = directives(for: order)
        directives.fault = due(directives.fault, order)
        if let answer = try immediateFault(directives.fault, isStreaming: order.isStreaming) { return answer }
        var answer = try answering(directives)
        if let head = directives.head { answer.delay += .milliseconds(head) }
        return answer
    }

    /// From the configuration, the header `X-Sandbox-Directives` and the prompt; the later wins.
    private func directives(for order: Order) -> Directives {
        var directives = Directives(parsing: configuration.directives)
        for header in order.request.headers where header.isNamed("x-sandbox-directives") {
            directives.read(header.value)
        }
        directives.read(order.prompt)
        directives.caller = order.caller?.arn ?? ""
        return directives
    }

    /// The fault, unless it has occurred as often as it was ordered.
    private func due(_ fault: Directives.FaultOrder?, _ order: Order) -> Directives.FaultOrder? {
        guard let fault, let times = fault.times else { return fault }
        return occurrences.count("\(order.modelID)\n\(fault.fault.name)\n\(order.prompt)") <= times ? fault : nil
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
        case .failure(_, let equivalent) where !isStreaming: throw equivalent
        case .failure, .stream, nil: return nil
        }
    }
}
