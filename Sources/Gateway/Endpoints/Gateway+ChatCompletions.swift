import Adapters
import DIAL
import JSON

extension Gateway {
    /// `POST …/chat/completions`. Source: DIAL API, "Chat completion request" and "Chat completion responses".
    /// - Returns: what is to be run: the request translated, or why that failed.
    func prepareChat(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) -> ChatRun {
        let request = try await read(exchange, as: ChatCompletionRequest.init(decoding:ignoringUnknownFields:))
        exchange.log.isStream = request.stream
        let deployment = try deployment(call, kind: .chat)
        exchange.log.upstreamModel = deployment.upstreamID
        let adapter = try adapter(for: deployment, configuration: request.configuration)
        let upstream = try selection.upstream(for: deployment, headers: call.headers, pool: adapter.pool)
        exchange.log.region = upstream.signingRegion.nonEmpty
        let storage = deployment.profile.producesImages ? configuration.storage : nil
        if request.stream { metrics.streamBegan() }
        let run = ChatRun(
            self,
            exchange,
            ChatResponse(stream: request.stream, choices: request.choiceCount, form: request.streamForm),
            upstream: upstream,
            operation: Metrics.Operation(.chat, deployment, upstream),
            images: storage.map {
                ImageStore(transport: transport, storage: $0, apiKey: call.headers.apiKey, trace: call.headers.trace)
            }
        )
        await run.prepare(request, adapter, context(deployment, upstream.kind, call.headers, exchange))
        return run
    }
}
