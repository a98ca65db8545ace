import Glibc

/// Runs a command on a thread of its own, so that no event loop waits for it.
struct CommandRunner: Sendable {
    enum Outcome: Sendable, Equatable {
        case exited(status: Int32, output: [UInt8], errorOutput: [UInt8])
        case timedOut
        /// It wrote more than the limit.
        case tooMuchOutput
        /// It could not be started; the reason is for the log.
        case notStarted(reason: String)
    }

    /// First the command: a path, or a name to be found by `PATH` of the environment.
    var arguments: [String]
    /// The whole environment of the command.
    var environment: [String: String]
    var timeLimit: Duration
    /// Bytes kept of each of its two outputs.
    var outputLimit = 64 * 1024

    func run() async -> Outcome {
        await withUnsafeContinuation { continuation in
            let work = Unmanaged.passRetained(
                Work {
                    continuation.resume(returning: runBlocking())
                }
            )
            var thread = pthread_t()
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(&attributes, 512 * 1024)
            defer { pthread_attr_destroy(&attributes) }
            let failure = pthread_create(
                &thread,
                &attributes,
                { context in
                    guard let context else { return nil }
                    // Signals are for the threads that were made for them.
                    var all = sigset_t()
                    sigfillset(&all)
                    pthread_sigmask(SIG_BLOCK, &all, nil)
                    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                },
                work.toOpaque()
            )
            if failure != 0 {
                work.release()
                continuation.resume(returning: .notStarted(reason: String(cString: strerror(failure))))
            }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// The executable that a name without a slash means.
    func executable() -> String? {
        guard let command = arguments.first, !command.isEmpty else { return nil }
        if command.contains("/") { return command }
        for folder in (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let path = folder + "/" + command
            if access(String(path), X_OK) == 0 { return String(path) }
        }
        return nil
    }
}
