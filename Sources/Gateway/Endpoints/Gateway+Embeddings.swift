import Adapters
import Bedrock
import DIAL
import EventLoop

extension Gateway {
    /// Upstream calls of one request that run at the same time.
    private static let concurrentEmbeddings = 16

    /// `POST …/embeddings`. Source: DIAL API, "embeddings".
    func embed(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        let request = try await read(exchange, as: EmbeddingsRequest.init(decoding:ignoringUnknownFields:))
        let deployment = try deployment(call, kind: .embeddings)
        exchange.log.upstreamModel = deployment.upstreamID
        guard let adapter = adapters.embeddingAdapter(for: deployment) else { throw .notImplemented }
        let upstream = try selection.upstream(for: deployment, headers: call.headers, pool: .bedrock)
        exchange.log.region = upstream.signingRegion
        let context = context(deployment, upstream.kind, call.headers, exchange)
        let prepared = try await LongWork.run(bytes: exchange.bodySize, isUnbounded: request.customInput != nil) {
            () async throws(DIALError) in
            try await adapter.prepare(request, context)
        }
        let operation = Metrics.Operation(.embeddings, deployment, upstream)
        let parts: [PreparedEmbeddings.Part]
        do {
            let start = EventLoop.now()
            defer { exchange.log.waiting &+= EventLoop.now() &- start }
            parts = try await answers(to: prepared, at: upstream, operation, exchange)
        }
        let response = prepared.combine(parts)
        exchange.log.promptTokens = response.promptTokens
        metrics.used(operation, inputTokens: response.promptTokens, outputTokens: nil)
        // Numbers are long in writing.
        let text = try await LongWork.run(bytes: response.componentCount * 12) { response.body() }
        await exchange.answerJSON(text)
    }

    /// The answers in the order of the calls, a bounded number of which are under way; the first failure ends them all.
    private func answers(
        to prepared: PreparedEmbeddings,
        at upstream: Upstream,
        _ operation: Metrics.Operation,
        _ exchange: Exchange
    ) async throws(DIALError) -> [PreparedEmbeddings.Part] {
        let count = prepared.callCount
        do {
            return try await withThrowingTaskGroup(of: (Int, PreparedEmbeddings.Part).self) { group in
                var parts = [PreparedEmbeddings.Part?](repeating: nil, count: count)
                var next = 0
                func startNext() {
                    guard next < count else { return }
                    let index = next
                    next += 1
                    group.addTask {
                        (index, try await self.answer(to: index, of: prepared, at: upstream, operation, exchange))
                    }
                }
                for _ in 0..<Self.concurrentEmbeddings { startNext() }
                for try await (index, part) in group {
                    parts[index] = part
                    startNext()
                }
                return parts.compactMap(\.self)
            }
        } catch let error as DIALError {
            throw error
        } catch {
            throw .processingFailed
        }
    }

    private func answer(
        to index: Int,
        of prepared: PreparedEmbeddings,
        at upstream: Upstream,
        _ operation: Metrics.Operation,
        _ exchange: Exchange
    ) async throws(DIALError) -> PreparedEmbeddings.Part {
        var meter = OperationMeter(operation)
        defer { metrics.operationEnded(meter) }
        let event: UpstreamEvent
        do throws(UpstreamError) {
            let answer = try await upstreams.open(prepared.call(index), at: upstream)
            meter.attempts = answer.attempts
            event = try await answer.whole()
        } catch {
            meter.failed(error)
            logUpstreamFailure(error, meter, exchange)
            throw DIALError(error)
        }
        guard case .whole(let body, let headers) = event else { throw .processingFailed }
        do throws(DIALError) {
            return try await LongWork.run(bytes: body.count) { () throws(DIALError) in
                try prepared.read(index, body, headers)
            }
        } catch {
            meter.failed(error)
            throw error
        }
    }
}
