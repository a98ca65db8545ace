internal import CLinux
import Glibc

extension CommandRunner {
    /// Blocks the calling thread until the command ended, at most for the time limit.
    func runBlocking() -> Outcome {
        guard let executable = executable() else { return .notStarted(reason: "the command was not found") }
        guard let output = Pipe(), let errorOutput = Pipe() else {
            return .notStarted(reason: String(cString: strerror(errno)))
        }
        let process: pid_t
        switch spawn(executable, output: output, errorOutput: errorOutput) {
        case .success(let identifier): process = identifier
        case .failure(let error): return .notStarted(reason: String(cString: strerror(error.code)))
        }
        output.closeWriteEnd()
        errorOutput.closeWriteEnd()
        let deadline = ContinuousClock.now + timeLimit
        let end = collect([output, errorOutput], until: deadline)
        guard end == .complete, let status = wait(for: process, until: deadline) else {
            // The whole group, because a command may have started others that hold its pipes.
            kill(-process, SIGKILL)
            _ = wait(for: process, until: nil)
            return end == .tooMuch ? .tooMuchOutput : .timedOut
        }
        return .exited(status: status, output: output.bytes, errorOutput: errorOutput.bytes)
    }

    private struct SpawnError: Error {
        let code: Int32
    }

    private func spawn(_ executable: String, output: Pipe, errorOutput: Pipe) -> Result<pid_t, SpawnError> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return .failure(SpawnError(code: ENOMEM)) }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { return .failure(SpawnError(code: ENOMEM)) }
        defer { posix_spawnattr_destroy(&attributes) }
        let results = [
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0),
            posix_spawn_file_actions_adddup2(&actions, output.writeEnd, 1),
            posix_spawn_file_actions_adddup2(&actions, errorOutput.writeEnd, 2),
            // Connections of clients must not live on in the command.
            linux_spawn_close_from(&actions, 3),
        ]
        guard results.allSatisfy({ $0 == 0 }) else { return .failure(SpawnError(code: ENOMEM)) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: Int(flags)))

        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var environmentPointers = environment.map { strdup($0.key + "=" + $0.value) } + [nil]
        defer {
            for pointer in argumentPointers + environmentPointers { free(pointer) }
        }
        var process = pid_t()
        let code = posix_spawn(&process, executable, &actions, &attributes, &argumentPointers, &environmentPointers)
        return code == 0 ? .success(process) : .failure(SpawnError(code: code))
    }

    private enum End {
        case complete, late, tooMuch
    }

    /// Reads until all pipes are closed at the other end.
    private func collect(_ pipes: [Pipe], until deadline: ContinuousClock.Instant) -> End {
        while true {
            let open = pipes.filter { !$0.isAtEnd }
            guard !open.isEmpty else { return .complete }
            let remaining = (deadline - ContinuousClock.now).milliseconds
            guard remaining > 0 else { return .late }
            var descriptors = open.map { pollfd(fd: $0.readEnd, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: remaining))
            if ready < 0, errno != EINTR { return .late }
            guard ready > 0 else { continue }
            for (pipe, descriptor) in zip(open, descriptors) where descriptor.revents != 0 {
                pipe.receive()
                if pipe.bytes.count > outputLimit { return .tooMuch }
            }
        }
    }

    /// The exit status, 128 and the signal's number for a killed command; nil at the deadline.
    private func wait(for process: pid_t, until deadline: ContinuousClock.Instant?) -> Int32? {
        while true {
            var status: Int32 = 0
            let result = waitpid(process, &status, deadline == nil ? 0 : WNOHANG)
            if result == process {
                let signal = status & 0x7F
                return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
            }
            // Somebody else took the status: nothing is known about it, so it was no success.
            if result < 0, errno != EINTR { return -1 }
            if let deadline, result == 0 {
                guard ContinuousClock.now < deadline else { return nil }
                usleep(5000)
            }
        }
    }
}

/// One output of a command. Used by one thread.
private final class Pipe {
    let readEnd: Int32
    private(set) var writeEnd: Int32
    private(set) var bytes: [UInt8] = []
    private(set) var isAtEnd = false

    init?() {
        var ends: [Int32] = [-1, -1]
        guard linux_command_pipe(&ends) == 0 else { return nil }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        closeWriteEnd()
    }

    func closeWriteEnd() {
        if writeEnd >= 0 { close(writeEnd) }
        writeEnd = -1
    }

    func receive() {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = read(readEnd, &chunk, chunk.count)
        if count > 0 {
            bytes += chunk[..<count]
        } else if count == 0 || errno != EINTR {
            isAtEnd = true
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
