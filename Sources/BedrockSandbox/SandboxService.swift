import EventLoop
import FastCGI
import Glibc

/// The running sandbox: one event loop per worker, all of them accepting from the same sockets.
public final class SandboxService {
    private let servers: [FastCGIServer]

    /// - Parameters:
    ///   - workers: threads that answer; at least one.
    ///   - report: gets a line for each connection that ended in an error.
    public init(
        sandbox: Sandbox,
        listeners: [Listener],
        workers: Int,
        report: @escaping @Sendable (String) -> Void
    ) throws(SystemError) {
        var servers: [FastCGIServer] = []
        for _ in 0..<max(1, workers) {
            let loop = try EventLoop()
            let player = SandboxServer(sandbox: sandbox, loop: loop)
            let limits = FastCGILimits(heldBytes: .max)
            let server = try FastCGIServer(loop: loop, limits: limits, report: report) { request, response in
                await player.handle(request, response)
            }
            try server.listen(listeners)
            servers.append(server)
        }
        self.servers = servers
    }

    /// Answers until SIGTERM or SIGINT. Open streams end with the program: nobody waits for a sandbox.
    ///
    /// Call it before any other thread starts, so that the signals stay blocked in all of them.
    public func run() throws(SystemError) {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        for server in servers { try server.loop.runOnThread() }
        var received: Int32 = 0
        sigwait(&signals, &received)
    }
}
