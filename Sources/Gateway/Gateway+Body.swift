import DIAL
import FastCGI
import JSON

/// Which deployment a request is for where its path does not say it, and what its body asks for.
extension Gateway {
    /// - Throws: 500 without one; 404 before the rest is looked at, as the DIAL SDK does on these routes.
    func headerDeploymentID(_ exchange: Exchange, _ endpoint: Endpoint) async throws(DIALError) -> String {
        let request = exchange.request
        var id = request.header("X-DIAL-OVERRIDE-NAME")?.nonEmpty ?? request.header("X-DIAL-DEPLOYMENT-ID")
        if id == nil, configuration.ignoresUnknownFields, endpoint.method == "POST" {
            id = try await model(exchange)
        }
        guard let id else {
            throw .internalServerError("The request headers are missing X-DIAL-DEPLOYMENT-ID header.")
        }
        // As long as an id in a path may be.
        guard id.utf8.count <= Route.longestID else {
            throw .deploymentNotFound("The deployment's id is longer than \(Route.longestID) bytes")
        }
        exchange.log.deployment = id
        let extraData = configuration.trustsUpstreamHeaders ? request.header("X-UPSTREAM-EXTRA-DATA") : nil
        let compatible = (try? UpstreamExtraData(header: extraData, isLenient: true))?.compatibleModelID
        guard configuration.catalog.resolve(id: id, compatibleModelID: compatible, kind: endpoint.kind) != nil else {
            throw .deploymentNotFound("The deployment '\(id)' doesn't provide the '\(endpoint.rawValue)' endpoint")
        }
        return id
    }

    /// What clients made for OpenAI's API call the deployment.
    private func model(_ exchange: Exchange) async throws(DIALError) -> String {
        try checkBody(exchange.request)
        let body = takeBody(exchange)
        let object = try await LongWork.run(bytes: body.count) { () throws(DIALError) in try RequestBody.parse(body) }
        exchange.parsedBody = object
        guard let model = object["model"]?.stringValue else {
            throw .invalidStructure(path: "model", "Input should be the id of a deployment")
        }
        return model
    }

    /// Before the request's parameters are let go of, its length among them.
    /// - Throws: 400, 413.
    func checkBody(_ request: FastCGIRequest) throws(DIALError) {
        guard !request.bodyIsIncomplete else {
            throw .invalidRequest("The request body is shorter than its Content-Length says")
        }
        guard !request.bodyIsTooLarge else {
            throw DIALError(
                status: 413,
                message:
                    "The request body is larger than \(configuration.server.maximumBodyBytes) bytes (DIAL_ADAPTER_MAX_BODY_BYTES)",
                type: DIALError.invalidRequestType
            )
        }
    }

    /// What the body asks for.
    /// - Throws: 400, 415.
    func read<Request: Sendable>(
        _ exchange: Exchange,
        as decode: @escaping @Sendable (JSON, Bool) throws(DIALError) -> Request
    ) async throws(DIALError) -> Request {
        let ignoresUnknownFields = configuration.ignoresUnknownFields
        let parsed = exchange.parsedBody
        exchange.parsedBody = nil
        let bytes = parsed == nil ? takeBody(exchange) : []
        return try await LongWork.run(bytes: exchange.bodySize) { () throws(DIALError) in
            let body = if let parsed { parsed } else { try RequestBody.parse(bytes) }
            return try decode(.object(body), ignoresUnknownFields)
        }
    }

    /// The body, which is let go of: a prompt with images would stay in memory.
    private func takeBody(_ exchange: Exchange) -> [UInt8] {
        defer { exchange.request.body = [] }
        exchange.bodySize = exchange.request.body.count
        return exchange.request.body
    }
}
