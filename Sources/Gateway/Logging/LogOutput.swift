import Glibc
import Synchronization

/// Where log lines go: standard error. A reader that stops reading must not stop an event loop, so lines that would
/// have to wait are dropped, and counted before the next one that is written.
enum LogOutput {
    private struct State {
        let descriptor = LogOutput.descriptor()
        let canBlock = LogOutput.canBlock()
        /// Nobody took anything for as long as is waited.
        var isStuck = false
        /// What is left of a line that went out in part.
        var rest: ArraySlice<UInt8> = []
        var dropped = 0
    }

    /// Held while writing, so that lines of several loops do not mix.
    private static let state = Mutex(State())

    /// What is taken without waiting once `poll` has said so. Source: pipe(7), `PIPE_BUF`.
    private static let pieceBytes = 4096

    /// Milliseconds that the reader of a terminal may take.
    private static let terminalPatience: Int32 = 50

    /// - Parameters:
    ///   - line: with its line feed.
    ///   - notice: the line that tells how many were dropped.
    static func write(_ line: [UInt8], notice: (Int) -> [UInt8]) {
        state.withLock { state in
            if flush(&state), state.dropped > 0 {
                state.rest = notice(state.dropped)[...]
                state.dropped = 0
            }
            guard flush(&state) else {
                state.dropped += 1
                return
            }
            state.rest = line[...]
            _ = flush(&state)
        }
    }

    /// - Returns: whether nothing is left.
    private static func flush(_ state: inout State) -> Bool {
        // A terminal holds less than a burst of lines: whoever reads it gets the time, once.
        var patience = state.isStuck || state.descriptor == STDERR_FILENO ? 0 : terminalPatience
        while !state.rest.isEmpty {
            if state.canBlock, !isReady(state.descriptor, patience) {
                state.isStuck = true
                return false
            }
            let piece = state.canBlock ? state.rest.prefix(pieceBytes) : state.rest
            let count = piece.withUnsafeBytes { Glibc.write(state.descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                // Ready for less than this.
                guard patience > 0 else { return false }
                patience -= 1
                usleep(1000)
                continue
            }
            if count <= 0 {
                // Nobody is there, or the disk is full: no place is left to tell it.
                state.rest = []
            } else {
                state.rest = state.rest.dropFirst(count)
                state.isStuck = false
            }
        }
        return true
    }

    /// - Parameter patience: milliseconds.
    private static func isReady(_ descriptor: Int32, _ patience: Int32) -> Bool {
        var descriptor = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&descriptor, 1, patience) > 0
    }

    /// A terminal is ready with room for a few bytes, and then has the rest wait. It is opened once more, since others that share
    /// standard error may not expect it to refuse.
    private static func descriptor() -> Int32 {
        guard isatty(STDERR_FILENO) == 1 else { return STDERR_FILENO }
        let own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return own < 0 ? STDERR_FILENO : own
    }

    /// Files are always ready: asking would be a system call for each line.
    private static func canBlock() -> Bool {
        var status = stat()
        return fstat(STDERR_FILENO, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }
}
