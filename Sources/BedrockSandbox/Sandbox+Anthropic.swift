import JSON

// MARK: - Anthropic's own API

extension Sandbox {
    /// Answers `/v1/messages` and `/v1/messages/count_tokens`; nil when the path is neither.
    func anthropic(_ request: SandboxRequest, segments: [String]) -> SandboxAnswer? {
        guard segments.first == "messages", segments.count == 1 || segments == ["messages", "count_tokens"] else {
            return nil
        }
        let requestID = "req_" + Self.requestID().filter { $0 != "-" }
        var answer: SandboxAnswer
        do {
            try checkHeaders(of: request)
            answer = segments.count == 1 ? try createMessage(request) : try countTokens(request)
        } catch {
            answer = error.answer(requestID: requestID)
        }
        answer.headers.append(SandboxHeader("request-id", requestID))
        return answer
    }

    private func checkHeaders(of request: SandboxRequest) throws(AnthropicError) {
        guard request.method == "POST" else {
            throw AnthropicError(status: 405, type: "invalid_request_error", message: "Method Not Allowed")
        }
        guard let key = request.header("x-api-key"), !key.isEmpty else {
            throw .authentication("x-api-key header is required")
        }
        guard key == configuration.anthropicKey else { throw .authentication("invalid x-api-key") }
        guard let version = request.header("anthropic-version"), !version.isEmpty else {
            throw .invalid("anthropic-version: header is required")
        }
        guard version == "2023-06-01" else {
            throw .invalid("anthropic-version: \"\(version)\" is not a valid version")
        }
    }

    private func createMessage(_ request: SandboxRequest) throws(AnthropicError) -> SandboxAnswer {
        let json = try parse(request)
        try MessagesFields.create(onBedrock: false).check(json)
        let (message, model) = try read(json, of: request)
        let order = Order(
            request: request,
            modelID: model.anthropicName,
            prompt: message.lastUserText,
            isStreaming: json["stream"]?.boolValue ?? false
        )
        do {
            return try answer(message, order, model: model, transport: .anthropic)
        } catch {
            throw AnthropicError(error)
        }
    }

    private func countTokens(_ request: SandboxRequest) throws(AnthropicError) -> SandboxAnswer {
        let json = try parse(request)
        try MessagesFields.count.check(json)
        let (message, model) = try read(json, of: request)
        // Counting neither reads nor writes what is cached.
        let count = PromptCache().count(message.parts, model: model).total
        return .json(["input_tokens": JSON(count)])
    }

    private func parse(_ request: SandboxRequest) throws(AnthropicError) -> JSON {
        do {
            return try JSON(parsing: request.body)
        } catch {
            throw .invalid("The request body is not valid JSON: \(error)")
        }
    }

    private func read(
        _ json: JSON,
        of request: SandboxRequest
    ) throws(AnthropicError) -> (MessagesRequest, SandboxModel) {
        let name = json["model"]?.stringValue ?? ""
        guard let model = SandboxModel.anthropicTable[name] else { throw .notFound("model: \(name)") }
        let message = MessagesRequest(json, betas: Self.betas(of: request), transport: .anthropic)
        try MessagesRules(request: message, model: model, transport: .anthropic).check()
        return (message, model)
    }
}
