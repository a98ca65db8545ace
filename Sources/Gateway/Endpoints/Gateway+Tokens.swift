import Adapters
import DIAL

extension Gateway {
    /// `POST …/tokenize`. Source: DIAL API, "tokenize".
    func tokenize(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        let request = try await read(exchange, as: TokenizeRequest.init(decoding:ignoringUnknownFields:))
        let deployment = try deployment(call, kind: .chat)
        guard deployment.profile.tokenize else { throw .notImplemented }
        let adapter = try adapter(for: deployment)
        let context = context(deployment, .bedrock, call.headers, exchange)
        let isUnbounded = request.hasFiles || request.inputs.count > 1
        let body = try await LongWork.run(bytes: exchange.bodySize, isUnbounded: isUnbounded) {
            () async throws(DIALError) in
            try await adapter.count(request, context).body()
        }
        await exchange.answerJSON(body)
    }

    /// `POST …/truncate_prompt`. Source: DIAL API, "truncate_prompt".
    func truncatePrompt(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        let request = try await read(exchange, as: TruncatePromptRequest.init(decoding:ignoringUnknownFields:))
        let deployment = try deployment(call, kind: .chat)
        guard deployment.profile.truncatePrompt else { throw .notImplemented }
        let adapter = try adapter(for: deployment)
        let context = context(deployment, .bedrock, call.headers, exchange)
        let isUnbounded = request.hasFiles || request.inputs.count > 1
        let body = try await LongWork.run(bytes: exchange.bodySize, isUnbounded: isUnbounded) {
            () async throws(DIALError) in
            try await adapter.truncate(request, context).body()
        }
        await exchange.answerJSON(body)
    }

    /// `POST …/rate`: taken note of and no more. Source: DIAL API, "rate".
    func rate(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        _ = try await read(exchange, as: RateRequest.init(decoding:ignoringUnknownFields:))
        _ = try deployment(call, kind: .chat)
        await exchange.answer(200, body: [], headers: [])
    }
}
