import DIAL
import FastCGI
import JSON

/// What the body of a request asks for.
extension Gateway {
    /// Before the request's parameters are let go of, its length among them.
    /// - Throws: 400, 413, 503.
    func checkBody(_ request: FastCGIRequest) throws(DIALError) {
        switch request.bodyFault {
        case nil: break
        case .incomplete:
            throw .invalidRequest("The request body is shorter than its Content-Length says")
        case .tooLarge:
            throw DIALError(
                status: 413,
                message:
                    "The request body is larger than \(configuration.server.maximumBodyBytes) bytes (DIAL_ADAPTER_MAX_BODY_BYTES)",
                type: DIALError.invalidRequestType
            )
        case .noRoom: throw .noRoom
        }
    }

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

    /// What clients made for OpenAI's API call the deployment. The body stays parsed for `read`.
    func modelOfBody(_ exchange: Exchange) async throws(DIALError) -> String {
        try checkBody(exchange.request)
        let body = takeBody(exchange)
        let object = try await LongWork.run(bytes: body.count) { () throws(DIALError) in try RequestBody.parse(body) }
        exchange.parsedBody = object
        guard let model = object["model"]?.stringValue else {
            throw .invalidStructure(path: "model", "Input should be the id of a deployment")
        }
        return model
    }

    /// The body, which is let go of: a prompt with images would stay in memory.
    private func takeBody(_ exchange: Exchange) -> [UInt8] {
        defer { exchange.request.body = [] }
        exchange.bodySize = exchange.request.body.count
        return exchange.request.body
    }
}

extension DIALError {
    /// Other requests have all that may be held at a time.
    static let noRoom = DIALError(
        status: 503,
        message: "The adapter holds as many bodies and files as it may (DIAL_ADAPTER_MAX_HELD_BYTES); try again later",
        headers: [Header(name: "Retry-After", value: "1")]
    )
}
