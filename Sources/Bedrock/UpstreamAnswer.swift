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
    private var framing: Framing

    private enum Framing {
        case eventStream(EventStreamDecoder)
        case serverSent(ServerSentEventDecoder)
        case whole([UInt8]?)
    }

    init(_ operation: UpstreamOperation, _ response: HTTPResponse, limit: Int, attempts: Int) {
        self.operation = operation
        self.attempts = attempts
        self.limit = limit
        headers = response.headers
        body = response.body
        framing =
            switch operation {
            case .converseStream, .invokeModelWithResponseStream: .eventStream(EventStreamDecoder())
            case .anthropicMessages(stream: true): .serverSent(ServerSentEventDecoder())
            case .converse, .invokeModel, .anthropicMessages(stream: false): .whole(nil)
            }
    }

    /// Runs `operation`, which reads the answer; the task's cancellation ends the transfer meanwhile.
    public func cancellable<Value>(_ operation: () async throws -> Value) async throws -> Value {
        try await body.cancellable(operation)
    }

    /// Waits for more of the answer; false at its end.
    /// - Throws: `UpstreamError` when the connection broke, was silent for too long, or ended within a message.
    public func receive() async throws(UpstreamError) -> Bool {
        do throws(HTTPError) {
            if case .whole = framing { return try await receiveWhole() }
            if let bytes = try await body.next() {
                append(bytes)
                return true
            }
        } catch {
            throw UpstreamError(error, operation: operation, attempts: attempts)
        }
        // A transfer may end properly for HTTP and yet in the middle of a message.
        if case .eventStream(let decoder) = framing, !decoder.isAtMessageBoundary {
            throw UpstreamError(
                kind: .transport, status: 500, message: "The response stream ended before the message was complete",
                operation: operation.name, attempts: attempts)
        }
        return false
    }

    /// The next event of what was received, nil when more must be awaited.
    /// - Throws: `UpstreamError` when the framing is broken; the answer must be given up.
    public func next() throws(UpstreamError) -> UpstreamEvent? {
        switch framing {
        case .eventStream(var decoder):
            // The decoder is moved out and back, so that its buffer is not copied.
            framing = .whole(nil)
            defer { framing = .eventStream(decoder) }
            do throws(EventStreamError) {
                return try decoder.next().map { .message($0) }
            } catch {
                throw UpstreamError(
                    kind: .transport, status: 500, message: "\(error)", operation: operation.name, attempts: attempts)
            }
        case .serverSent(var decoder):
            framing = .whole(nil)
            defer { framing = .serverSent(decoder) }
            return decoder.next().map { .serverSent(event: $0.event, data: $0.data) }
        case .whole(let bytes):
            framing = .whole(nil)
            return bytes.map { .whole(body: $0, headers: headers) }
        }
    }

    private func append(_ bytes: [UInt8]) {
        switch framing {
        case .eventStream(var decoder):
            framing = .whole(nil)
            decoder.append(bytes)
            framing = .eventStream(decoder)
        case .serverSent(var decoder):
            framing = .whole(nil)
            decoder.append(bytes)
            framing = .serverSent(decoder)
        case .whole: break
        }
    }

    private func receiveWhole() async throws(HTTPError) -> Bool {
        guard !isRead else { return false }
        isRead = true
        framing = .whole(try await body.collect(limit: limit))
        return true
    }

    private var isRead = false
}
