import Adapters
import Bedrock
import DIAL
import FastCGI
import Logging

/// One chat completion request under way: what all its choices share. Used by the tasks of the request.
final class ChatRun: @unchecked Sendable {
    let gateway: Gateway
    let answer: ChatResponse
    let writer: ChatWriter
    let upstream: Upstream
    let operation: Metrics.Operation
    /// Nil where images stay in the answer, and where the model makes none.
    let images: ImageStore?
    let exchange: Exchange
    private var prepared: Result<PreparedChat, DIALError>?
    /// Choices whose calls the upstream has not accepted so far.
    private var choicesToOpen = 0
    /// Of choices that failed, whose answers tell none: AWS charges for them all the same.
    private var usageOfFailures: Usage?

    init(
        _ gateway: Gateway,
        _ exchange: Exchange,
        _ answer: ChatResponse,
        upstream: Upstream,
        operation: Metrics.Operation,
        images: ImageStore?
    ) {
        self.gateway = gateway
        self.exchange = exchange
        self.answer = answer
        self.upstream = upstream
        self.operation = operation
        self.images = images
        writer = ChatWriter(
            answer,
            exchange.response,
            requestID: exchange.id,
            loop: gateway.loop,
            heartbeat: gateway.configuration.heartbeatInterval
        )
    }

    /// Translates the request; a failure shows in `run`.
    func prepare(_ request: ChatCompletionRequest, _ adapter: any ChatAdapter, _ context: AdapterContext) async {
        do throws(DIALError) {
            let authentication = upstream.authentication
            let prepared = try await LongWork.run(bytes: exchange.bodySize, isUnbounded: request.hasFiles) {
                () async throws(DIALError) in
                var prepared = try await adapter.prepare(request, context)
                if case .aws(.signature) = authentication { prepared.call.digestBody() }
                return prepared
            }
            answer.model = prepared.call.modelID
            answer.discardedMessages = prepared.discardedMessages
            log(prepared.notes)
            writer.announce(prepared.cache)
            self.prepared = .success(prepared)
        } catch {
            if error.isUserError, request.stream { show(error, model: context.deployment.upstreamID) }
            prepared = .failure(error)
        }
    }

    /// Each kind once: a long history may need the same repair in every turn.
    private func log(_ notes: [String]) {
        var counts: [String: Int] = [:]
        for note in notes { counts[note, default: 0] += 1 }
        for note in notes {
            guard let count = counts.removeValue(forKey: note) else { continue }
            let times: Logger.Metadata = count > 1 ? ["times": "\(count)"] : [:]
            gateway.logger.info("\(note)", metadata: times.merging(["id": "\(exchange.id)"]) { $1 })
        }
    }

    /// What a person can put right is shown in the chat: a streamed answer opens before it fails.
    private func show(_ error: DIALError, model: String) {
        answer.model = model
        let choice = answer.makeChoice()
        choice.open()
        guard let hint = error.usageHint else { return }
        let stage = choice.openStage("Usage")
        choice.appendStage(stage, content: hint)
        choice.closeStage(stage)
    }

    /// Has the model answer, and passes the answer on to its end.
    /// - Returns: what is to become the HTTP status; nil once a stream has begun.
    func run() async -> DIALError? {
        var failure: (any Error)?
        do {
            try await complete()
            try answer.finish()
            try await writer.finish()
        } catch {
            failure = error
        }
        if let error = failure as? DIALError {
            answer.fail(error)
            // A failure in a stream that has begun is told in it.
            if answer.isStatusCommitted { try? await writer.finish() }
        }
        writer.stop()
        return settle(failure)
    }

    /// Takes note of how it ended.
    private func settle(_ failure: (any Error)?) -> DIALError? {
        var untold: DIALError?
        switch failure {
        case nil:
            note(status: 200)
        case is ResponseError:
            // The client went away; there is nobody to tell.
            note(status: 499)
        case let error as DIALError where answer.isStatusCommitted:
            exchange.log.errorCode = error.code
            note(status: 200)
        case let error?:
            let error = error as? DIALError ?? .internalServerError("The request could not be processed")
            note(status: error.status)
            untold = error
        }
        countTokens()
        return untold
    }

    func count(usageOfFailure usage: Usage) {
        usageOfFailures = usageOfFailures.map { $0 + usage } ?? usage
    }

    private var usage: Usage? {
        guard let failures = usageOfFailures else { return answer.totalUsage }
        return answer.totalUsage.map { $0 + failures } ?? failures
    }

    private func countTokens() {
        let usage = usage
        gateway.metrics.used(operation, inputTokens: usage?.promptTokens, outputTokens: usage?.completionTokens)
    }

    /// One upstream call for each choice; the first failure ends them all. What waits for the model and streams stays in
    /// memory for minutes: the frames on the way there are kept small.
    private func complete() async throws {
        let choices = try makeChoices()
        guard choices.count > 1 else {
            for choice in choices { try await choice.complete() }
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for choice in choices { group.addTask { try await choice.complete() } }
            // `waitForAll` would let the others go on to their ends.
            while try await group.next() != nil {}
        }
    }

    /// Hands the translated request over: a prompt with images would stay in memory, too.
    private func makeChoices() throws -> [ChoiceRun] {
        defer { prepared = nil }
        guard let prepared = try prepared?.get() else { return [] }
        choicesToOpen = answer.choiceCount
        return (0..<answer.choiceCount).map { _ in ChoiceRun(self, prepared) }
    }

    /// When the upstream has accepted the calls of all choices, nobody needs the request any more.
    func choiceIsUnderWay() {
        choicesToOpen -= 1
        if choicesToOpen == 0 { exchange.response.giveBackRoom() }
    }

    private func note(status: Int) {
        exchange.log.status = status
        exchange.log.adopt(writer.times)
        exchange.log.unknownStopReason = answer.unknownStopReason
        exchange.log.finishReason = answer.finishReason?.rawValue
        exchange.log.promptTokens = usage?.promptTokens
        exchange.log.completionTokens = usage?.completionTokens
    }
}
