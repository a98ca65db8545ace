import AWS
import HTTPClient

/// The answer to an accepted call: bytes are awaited, then taken as events. Used by one task.
public final class UpstreamAnswer {
    public let operation: UpstreamOperation
    public let headers: HTTPHeaders
    /// How many times the call was sent.
    public let attempts: Int
    private let body: HTTPBody
    private let limit: Int
    private let framing: Framing
    private var eventStream = EventStreamDecoder()
    private var serverSent = ServerSentEventDecoder()
    private var whole: [UInt8]?
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

    /// Runs `operation`, which reads the answer; the task's cancellation ends the transfer meanwhile.
    public func cancellable<Value>(_ operation: () async throws -> Value) async throws -> Value {
        try await body.cancellable(operation)
    }

    /// Waits for more of the answer; false at its end.
    /// - Throws: `UpstreamError` when the connection broke or was silent for too long.
    public func receive() async throws(UpstreamError) -> Bool {
        do throws(HTTPError) {
            switch framing {
            case .whole:
                guard !isRead else { return false }
                isRead = true
                whole = try await body.collect(limit: limit)
            case .eventStream:
                guard let bytes = try await body.next() else { return false }
                eventStream.append(bytes)
            case .serverSent:
                guard let bytes = try await body.next() else { return false }
                serverSent.append(bytes)
            }
            return true
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
                throw UpstreamError(
                    kind: .transport,
                    status: 500,
                    message: "\(error)",
                    operation: operation.name,
                    attempts: attempts
                )
            }
        case .serverSent:
            return serverSent.next().map { .serverSent(event: $0.event, data: $0.data) }
        case .whole:
            defer { whole = nil }
            return whole.map { .whole(body: $0, headers: headers) }
        }
    }
}
