import ArgumentParser
import BedrockSandbox
import EventLoop
import FastCGI
import Glibc

struct BedrockSandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-sandbox",
        abstract: "A stand-in for AWS: a FastCGI program that speaks Bedrock's protocols and answers deterministically.",
        discussion: HelpText.reference)

    @Option(help: "Where to listen: unix:/path.sock, tcp:HOST:PORT or fd:N.")
    var listen: String

    @Option(help: "Tokens a second of every answer; 0 is as fast as possible.")
    var tokensPerSecond: Double?

    func run() throws {
        var configuration = try SandboxConfiguration(environment: Self.environment())
        if let tokensPerSecond { configuration.tokensPerSecond = max(0, tokensPerSecond) }
        let address = try ListenAddress(parsing: listen)

        // Blocked here, the signals wait for the thread that stops the loop.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        guard FastCGIServer.prepareProcess() else { throw ExitCode(70) }

        let loop = try EventLoop()
        let sandbox = SandboxServer(sandbox: Sandbox(configuration: configuration), loop: loop)
        let server = try FastCGIServer(loop: loop, report: Self.log) { request, response in
            await sandbox.handle(request, response)
        }
        let listener = try Listener(address)
        try server.listen([listener])
        Self.stopOnSignal(signals, loop)
        Self.log("bedrock-sandbox listens at \(listen)")
        loop.run()
        listener.close()
    }

    private static func stopOnSignal(_ signals: sigset_t, _ loop: EventLoop) {
        let context = Unmanaged.passRetained(SignalWait(signals: signals, loop: loop)).toOpaque()
        var thread = pthread_t()
        pthread_create(&thread, nil, { context in
            guard let context else { return nil }
            let wait = Unmanaged<SignalWait>.fromOpaque(context).takeRetainedValue()
            var signals = wait.signals
            var received: Int32 = 0
            sigwait(&signals, &received)
            wait.loop.stop()
            return nil
        }, context)
        pthread_detach(thread)
    }

    @Sendable private static func log(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(2, bytes, bytes.count)
    }

    private static func environment() -> [String: String] {
        var environment: [String: String] = [:]
        for variable in SandboxConfiguration.variables {
            if let value = getenv(variable.name) { environment[variable.name] = String(cString: value) }
        }
        return environment
    }
}

private final class SignalWait {
    let signals: sigset_t
    let loop: EventLoop

    init(signals: sigset_t, loop: EventLoop) {
        self.signals = signals
        self.loop = loop
    }
}

BedrockSandboxCommand.main()
