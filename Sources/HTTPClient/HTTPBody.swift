/// The body of a response, in the pieces in which it arrived. Read by one task.
public final class HTTPBody: Sendable {
    private let source: any HTTPBodySource

    public init(_ source: any HTTPBodySource) {
        self.source = source
    }

    deinit {
        source.cancel()
    }

    /// Everything that arrived since the last call, at least one byte; waits for it. Nil at the end.
    ///
    /// The task's cancellation does not end the wait: a handler for each wait would cost as much as the rest of it. To be
    /// called within `cancelling`.
    func next() async throws(HTTPError) -> [UInt8]? {
        try await source.next()
    }

    /// Hands over what arrives to a receiver at once, on the loop's thread, until it asks to stop: no task is resumed
    /// for a piece. The task's cancellation ends the transfer meanwhile.
    /// - Returns: true when the receiver asked to stop, false at the end of the body.
    public func pass(to receiver: any HTTPBodyReceiver) async throws(HTTPError) -> Bool {
        try await source.pass(to: receiver)
    }

    /// Nothing that is still to come matters: its end is waited for no longer than a second. May be called again.
    public func expectEnd() { source.expectEnd() }

    /// Runs `operation`, which reads the body; the task's cancellation ends the transfer meanwhile.
    static func cancelling<Value, Failure: Error>(
        _ source: any HTTPBodySource,
        _ operation: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withTaskCancellationHandler {
            do throws(Failure) {
                return .success(try await operation())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            source.cancel()
        }
        return try result.get()
    }

    /// The whole body.
    /// - Throws: `HTTPError.tooLarge` when it has more bytes than the limit.
    public func collect(limit: Int) async throws(HTTPError) -> [UInt8] {
        try await Self.cancelling(source) { () throws(HTTPError) in try await gather(limit: limit) }
    }

    private func gather(limit: Int) async throws(HTTPError) -> [UInt8] {
        guard var all = try await next() else { return [] }
        while all.count <= limit, let piece = try await next() { all.append(contentsOf: piece) }
        guard all.count <= limit else {
            source.cancel()
            throw .tooLarge(limit: limit)
        }
        return all
    }
}

/// Who takes the pieces of a body as they arrive.
public protocol HTTPBodyReceiver: AnyObject {
    /// Takes a piece. Called within libcurl: it must neither wait nor send a request.
    /// - Returns: false to stop after this piece.
    func receive(_ bytes: [UInt8]) -> Bool
}

/// Where the bytes of a body come from.
public protocol HTTPBodySource: AnyObject, Sendable {
    /// As ``HTTPBody/next()``; one task at a time waits in it.
    func next() async throws(HTTPError) -> [UInt8]?
    /// As ``HTTPBody/pass(to:)``.
    func pass(to receiver: any HTTPBodyReceiver) async throws(HTTPError) -> Bool
    /// As ``HTTPBody/expectEnd()``.
    func expectEnd()
    /// Ends the transfer; without effect after its end.
    func cancel()
}
