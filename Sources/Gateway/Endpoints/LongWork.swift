import DIAL

/// Work whose time grows with what a client or a model sent.
enum LongWork {
    /// Bytes. For so many Claude 2's tokenizer takes 3 ms, and 30 where they are a single word.
    private static let limit = 64 * 1024

    /// Does the work here, or for more bytes on threads of Swift's own: the loop serves others meanwhile.
    /// - Parameters:
    ///   - isUnbounded: whether the work grows with more than the bytes: files are still to be fetched, there are many inputs.
    ///   - work: concurrent, else it would stay where it is called. I/O in it must find back to the loop by itself.
    static func run<Value: Sendable>(
        bytes: Int,
        isUnbounded: Bool = false,
        _ work: @Sendable @concurrent () async throws(DIALError) -> Value
    ) async throws(DIALError) -> Value {
        guard bytes > limit || isUnbounded else { return try await work() }
        let value = try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(DIALError) in
            try await work()
        }
        // What is cancelled ends early, with anything.
        guard !Task.isCancelled else { throw .cancelled }
        return value
    }
}
