import AWS
import HTTPClient

/// The answer to an accepted call: taken as events, as they arrive. Used by one task.
public final class UpstreamAnswer {
    /// Takes the events there are, with `next()`; called within the arrival of bytes, so it must not wait.
    /// - Returns: false to have `receive` return.
    public typealias Taker = (UpstreamAnswer) throws -> Bool

    // What every event touches stands together, in as few cache lines as may be.
    private let framing: Framing
    private var taker: Taker?
    private var failure: (any Error)?
    private var eventStream = EventStreamDecoder()
    private var serverSent = ServerSentEventDecoder()

    public let operation: UpstreamOperation
    /// Of the accepted answer; complete from the start.
    public let headers: HTTPHeaders
    /// How many times the call was sent.
    public let attempts: Int
    private let body: HTTPBody
    private let limit: Int
    /// The event of an answer that does not stream.
    private var pending: UpstreamEvent?
    private var isRead = false

    private enum Framing { case eventStream, serverSent, whole }

    init(_ operation: UpstreamOperation, _ response: HTTPResponse, limit: Int, attempts: Int) {
        self.operation = operation
        self.attempts = attempts
        self.limit = limit
        headers = response.headers
        body = response.body
        framing =
            switch operation {
            case .converseStream, .invokeModelWithResponseStream: .eventStream
            case .anthropicMessages(stream: true): .serverSent
            case .converse, .invokeModel, .anthropicMessages(stream: false): .whole
            }
    }

    /// Has events taken as they arrive, until the taker asks to return; false at the end of the answer.
    /// The task's cancellation ends the transfer meanwhile.
    /// - Throws: `UpstreamError` when the connection broke or was silent for too long; what the taker throws.
    public func passEvents(to taker: @escaping Taker) async throws -> Bool {
        guard framing != .whole else { return try await receiveWhole(taker) }
        self.taker = taker
        let passed: Result<Bool, HTTPError>
        do throws(HTTPError) {
            passed = .success(try await body.pass(to: self))
        } catch {
            passed = .failure(error)
        }
        self.taker = nil
        return try outcome(of: passed)
    }

    /// The answer is there; what follows is the end of its body. May be called again.
    public func expectEnd() { body.expectEnd() }

    private func outcome(of passed: Result<Bool, HTTPError>) throws -> Bool {
        let error: HTTPError
        switch passed {
        case .failure(let reason):
            error = reason
        case .success(let hasStopped):
            if let failure { throw failure }
            if hasStopped || eventStream.isAtMessageBoundary { return hasStopped }
            error = .connectionLost("the response stream ended before the message was complete")
        }
        throw UpstreamError(error, operation: operation, attempts: attempts)
    }

    private func receiveWhole(_ taker: Taker) async throws -> Bool {
        guard !isRead else { return false }
        pending = try await whole()
        _ = try taker(self)
        return true
    }

    /// The answer of an operation that does not stream.
    /// - Throws: `UpstreamError` when the connection broke, was silent for too long, or the answer is over the limit.
    public func whole() async throws(UpstreamError) -> UpstreamEvent {
        isRead = true
        do throws(HTTPError) {
            return .whole(body: try await body.collect(limit: limit), headers: headers)
        } catch {
            throw UpstreamError(error, operation: operation, attempts: attempts)
        }
    }

    /// The next event of what was received, nil when more must be awaited.
    /// - Throws: `UpstreamError` when the framing is broken; the answer must be given up.
    public func next() throws(UpstreamError) -> UpstreamEvent? {
        switch framing {
        case .eventStream:
            do throws(EventStreamError) {
                return try eventStream.next().map { .message($0) }
            } catch {
                throw broken(error)
            }
        case .serverSent:
            do throws(ServerSentEventTooLarge) {
                return try serverSent.next().map { .serverSent(event: $0.event, data: $0.data) }
            } catch {
                throw broken(error)
            }
        case .whole:
            defer { pending = nil }
            return pending
        }
    }

    private func broken(_ error: some Error) -> UpstreamError {
        var message = "\(error)"
        if framing == .eventStream, let type = headers["content-type"]?.lowercased(),
            type.hasPrefix("text/") || type.hasPrefix("application/json")
        {
            let hint = "The model endpoint answered with \(type.prefix(80)); check endpoint variables and proxies"
            message += ". " + hint
        }
        return UpstreamError(
            kind: .transport,
            status: 502,
            message: message,
            operation: operation.name,
            attempts: attempts
        )
    }
}

extension UpstreamAnswer: HTTPBodyReceiver {
    public func receive(_ bytes: [UInt8]) -> Bool {
        guard let taker, failure == nil else { return false }
        if framing == .eventStream { eventStream.append(bytes) } else { serverSent.append(bytes) }
        do {
            return try taker(self)
        } catch {
            failure = error
            return false
        }
    }
}
