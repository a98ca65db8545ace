import DIAL

/// Work without I/O whose time grows with a text.
public enum LongWork {
    /// Bytes. For so many Claude 2's tokenizer takes 3 ms, and 30 where they are a single word.
    private static let limit = 64 * 1024

    /// Does the work here, or for a longer text on a thread of Swift's own: the loop serves others meanwhile.
    public static func run<Value: Sendable>(
        bytes: Int,
        _ work: @Sendable () throws(DIALError) -> Value
    ) async throws(DIALError) -> Value {
        guard bytes > limit else { return try work() }
        let result = await withTaskExecutorPreference(globalConcurrentExecutor) {
            () async -> Result<Value, DIALError> in
            Result { () throws(DIALError) in try work() }
        }
        // What is cancelled ends early, with anything.
        guard !Task.isCancelled else { throw .cancelled }
        return try result.get()
    }
}
