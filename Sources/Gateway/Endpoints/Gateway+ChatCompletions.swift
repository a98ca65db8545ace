import Adapters
import Bedrock
import Catalog
import DIAL
import EventLoop
import FastCGI
import JSON

extension Gateway {
    /// `POST …/chat/completions`. Source: DIAL API, "Chat completion request" and "Chat completion responses".
    func completeChat(_ call: EndpointCall, _ exchange: inout Exchange) async throws(DIALError) {
        let body = try RequestBody.parse(exchange.request.body)
        // A prompt with images would otherwise stay in memory, unparsed, for as long as the answer streams.
        exchange.request.body = []
        let request = try ChatCompletionRequest(
            decoding: .object(body),
            ignoringUnknownFields: configuration.ignoresUnknownFields
        )
        exchange.log.isStream = request.stream
        let deployment = try deployment(call, kind: .chat)
        exchange.log.upstreamModel = deployment.upstreamID
        let usesConverse = adapters.usesConverse(deployment, request)
        guard let adapter = adapters.chatAdapter(for: deployment, usesConverse: usesConverse) else {
            throw .notImplemented
        }
        let (upstream, kind) = try selection.upstream(
            for: deployment,
            headers: call.headers,
            usesConverse: usesConverse
        )
        exchange.log.region = upstream.signingRegion.isEmpty ? nil : upstream.signingRegion

        let operation = Metrics.Operation(.chat, deployment, upstream)
        if request.stream { metrics.streamBegan() }
        defer { if request.stream { metrics.streamEnded() } }

        let answer = ChatResponse(stream: request.stream, choices: request.n ?? 1)
        let writer = ChatWriter(answer, exchange.response, loop: loop, heartbeat: configuration.heartbeatInterval)
        defer { writer.stop() }
        do {
            let prepared = try await prepare(request, adapter, context(deployment, kind, call.headers), answer)
            for note in prepared.notes { logger.info("\(note)", metadata: ["id": "\(exchange.id)"]) }
            writer.announce(prepared.cache)
            let images = configuration.storage.map {
                ImageStore(transport: transport, storage: $0, apiKey: call.headers.apiKey, trace: call.headers.trace)
            }
            let run = ChatRun(
                prepared: prepared,
                upstream: upstream,
                operation: operation,
                writer: writer,
                images: images
            )
            try await complete(run, answer)
            try answer.finish()
            try await writer.finish()
        } catch let error as DIALError {
            exchange.log.errorCode = error.code
            answer.fail(error)
            guard answer.isStatusCommitted else {
                note(writer, answer, &exchange.log, status: error.status)
                throw error
            }
            try? await writer.finish()
        } catch is ResponseError {
            // The client went away; there is nobody to tell.
            note(writer, answer, &exchange.log, status: 499)
            return
        } catch {
            throw .internalServerError("The request could not be processed")
        }
        note(writer, answer, &exchange.log, status: 200)
        metrics.used(
            operation,
            inputTokens: answer.totalUsage?.promptTokens,
            outputTokens: answer.totalUsage?.completionTokens
        )
    }

    private func note(_ writer: ChatWriter, _ answer: ChatResponse, _ log: inout RequestLog, status: Int) {
        log.status = status
        log.adopt(writer.times)
        log.finishReason = answer.finishReason?.rawValue
        log.promptTokens = answer.totalUsage?.promptTokens
        log.completionTokens = answer.totalUsage?.completionTokens
    }

    /// What a person can put right is shown in the chat: a streamed answer opens before it fails.
    private func prepare(
        _ request: ChatCompletionRequest,
        _ adapter: any ChatAdapter,
        _ context: AdapterContext,
        _ answer: ChatResponse
    ) async throws(DIALError) -> PreparedChat {
        do throws(DIALError) {
            let prepared = try await adapter.prepare(request, context)
            answer.model = prepared.model
            answer.discardedMessages = prepared.discardedMessages
            return prepared
        } catch {
            if error.isUserError, request.stream {
                answer.model = context.deployment.upstreamID
                let choice = answer.makeChoice()
                choice.open()
                if let hint = error.usageHint {
                    let stage = choice.openStage("Usage")
                    choice.appendStage(stage, content: hint)
                    choice.closeStage(stage)
                }
            }
            throw error
        }
    }

    /// One upstream call for each choice; the first failure ends them all.
    private func complete(_ run: ChatRun, _ answer: ChatResponse) async throws {
        guard answer.choiceCount > 1 else { return try await complete(run, answer.makeChoice()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<answer.choiceCount {
                let choice = answer.makeChoice()
                group.addTask { try await self.complete(run, choice) }
            }
            try await group.waitForAll()
        }
    }

    private func complete(_ run: ChatRun, _ choice: ChoiceOutput) async throws {
        let writer = run.writer
        var translator = run.prepared.makeTranslator()
        var meter = OperationMeter(run.operation)
        defer { metrics.operationEnded(meter) }
        do {
            writer.startWaiting()
            let answer = try await upstreams.open(run.prepared.call, at: run.upstream)
            writer.times.attempts = answer.attempts
            meter.attempts = answer.attempts
            try await answer.cancellable {
                // Nearly all events go from socket to socket in here; the task wakes when the client does not read.
                func passOn(_ answer: UpstreamAnswer) throws -> Bool {
                    writer.stopWaiting()
                    if run.writer.isStream { meter.received() }
                    while let event = try answer.next() { try translator.receive(event, choice) }
                    let isSent = writer.flushAtOnce()
                    writer.startWaiting()
                    return isSent
                }
                while try await answer.receive(passOn) { try await writer.flush() }
            }
            writer.stopWaiting()
            if let images = run.images {
                var attachments: [Attachment] = []
                for image in translator.takeImages() { attachments.append(try await images.store(image)) }
                translator.attach(attachments)
            }
            try translator.end(choice)
            try await writer.flush()
        } catch let error as UpstreamError {
            meter.failed(error)
            // Without output there is nothing to close, and a choice opened now would cost the error its status.
            if choice.isOpen { translator.abort(choice) }
            throw DIALError(error, wording: run.prepared.errorWording, modelID: run.prepared.call.modelID)
        } catch {
            meter.failed(error)
            throw error
        }
    }
}

/// What all choices of one request share.
private struct ChatRun: Sendable {
    let prepared: PreparedChat
    let upstream: Upstream
    let operation: Metrics.Operation
    let writer: ChatWriter
    /// Nil where images stay in the answer.
    let images: ImageStore?
}
