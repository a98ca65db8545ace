import JSON

// MARK: - What the operations of Bedrock Runtime have in common

extension Sandbox {
    /// The model of a request's path.
    func resolve(_ modelID: String) throws(AWSError) -> SandboxModel {
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

    func body(of request: SandboxRequest) throws(AWSError) -> JSON {
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
        directives.caller = authentication.claimedCaller(of: order.request)?.arn ?? ""
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
        case .exception(_, _, let equivalent) where !isStreaming: throw equivalent
        case .errorMessage(_, let message) where !isStreaming:
            throw AWSError(status: 500, type: "InternalServerException", message: message)
        case .overloadedEvent where !isStreaming: throw Fault.unavailable
        case .exception, .errorMessage, .overloadedEvent, .stream, nil: return nil
        }
    }
}
