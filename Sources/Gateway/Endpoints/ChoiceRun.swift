import Adapters
import Bedrock
import DIAL
import FastCGI

/// One choice of an answer: a call of the model whose events become output. Used by one task at a time.
final class ChoiceRun: @unchecked Sendable {
    // What every event touches stands together, in as few cache lines as may be.
    private let writer: ChatWriter
    private let choice: ChoiceOutput
    private var translator: any AnswerTranslator
    /// Nothing of a streamed answer has come so far.
    private var awaitsFirst: Bool
    private var isWaiting = false

    private let run: ChatRun
    private var meter: OperationMeter
    /// Without its body once the upstream has accepted it.
    private var call: UpstreamCall
    private let errorWording: UpstreamErrorWording

    init(_ run: ChatRun, _ prepared: PreparedChat) {
        self.run = run
        writer = run.writer
        awaitsFirst = run.answer.isStream
        choice = run.answer.makeChoice()
        translator = prepared.makeTranslator()
        meter = OperationMeter(run.operation)
        errorWording = prepared.errorWording
        call = prepared.call
    }

    /// Has the model answer, and passes the answer on to its end.
    func complete() async throws {
        try await passOn(try await open())
    }

    /// Returns when the upstream accepted the call.
    private func open() async throws -> UpstreamAnswer {
        startWaiting()
        do throws(UpstreamError) {
            let answer = try await run.gateway.upstreams.open(call, at: run.upstream)
            call.body = []
            run.choiceIsUnderWay()
            writer.times.attempts = answer.attempts
            meter.attempts = answer.attempts
            return answer
        } catch {
            writer.times.attempts = error.attempts
            throw failed(error)
        }
    }

    private func passOn(_ answer: UpstreamAnswer) async throws {
        do {
            // Nearly all events go from socket to socket in here; the task wakes when the client does not read.
            do {
                while try await answer.passEvents(to: self.take) { try await writer.flush() }
            } catch let error as UpstreamError
                where error.kind == .transport && !error.isCancellation && translator.isComplete
            {
                // All that was still to come is the end of the body.
            }
            stopWaiting()
            try await end()
        } catch {
            throw failed(error)
        }
        run.gateway.metrics.operationEnded(meter)
    }

    private func end() async throws {
        if let images = run.images {
            var attachments: [Attachment] = []
            for image in translator.images {
                meter.answered()
                attachments.append(try await images.store(image))
            }
            translator.attach(attachments)
        }
        try translator.end(choice)
        try await writer.flush()
    }

    /// Takes the events there are.
    /// - Returns: false when the client has to be waited for.
    private func take(_ answer: UpstreamAnswer) throws -> Bool {
        stopWaiting()
        if awaitsFirst {
            awaitsFirst = false
            meter.received()
        }
        while let event = try answer.next() { try translator.receive(event, choice) }
        if translator.isComplete { answer.expectEnd() }
        let isSent = writer.flushAtOnce()
        startWaiting()
        return isSent
    }

    private func startWaiting() {
        isWaiting = true
        writer.startWaiting()
    }

    private func stopWaiting() {
        guard isWaiting else { return }
        isWaiting = false
        writer.stopWaiting()
    }

    /// The error as the client is to see it.
    private func failed(_ error: any Error) -> any Error {
        stopWaiting()
        meter.failed(error)
        run.gateway.metrics.operationEnded(meter)
        run.gateway.logUpstreamFailure(error, meter, run.exchange)
        // Without output there is nothing to close, and a choice opened now would cost the error its status.
        if error is UpstreamError || error is DIALError, choice.isOpen { translator.abort(choice) }
        // What was counted until then and the answer does not tell is for the log.
        if let usage = translator.usageSoFar, !choice.hasUsage { run.count(usageOfFailure: usage) }
        guard let error = error as? UpstreamError else { return error }
        return DIALError(error, wording: errorWording, modelID: call.modelID)
    }
}
