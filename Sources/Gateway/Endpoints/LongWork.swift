import DIAL

/// Work whose time grows with what a client or a model sent.
enum LongWork {
    /// Bytes. For so many Claude 2's tokenizer takes 3 ms, and 30 where they are a single word.
    private static let limit = 64 * 1024

    /// Does the work here, or for more bytes on threads of Swift's own: the loop serves others meanwhile.
    /// - Parameters:
    ///   - hasFiles: files of whatever size are still to be fetched.
    ///   - work: concurrent, else it would stay where it is called. I/O in it must find back to the loop by itself.
    static func run<Value: Sendable>(
        bytes: Int,
        hasFiles: Bool = false,
        _ work: @Sendable @concurrent () async throws(DIALError) -> Value
    ) async throws(DIALError) -> Value {
        guard bytes > limit || hasFiles else { return try await work() }
        let value = try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(DIALError) in
            try await work()
        }
        // What is cancelled ends early, with anything.
        guard !Task.isCancelled else { throw .cancelled }
        return value
    }
}
