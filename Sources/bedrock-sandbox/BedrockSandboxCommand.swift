import ArgumentParser
import BedrockSandbox
import FastCGI
import Glibc

struct BedrockSandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-sandbox",
        abstract:
            "A stand-in for AWS: a FastCGI program that speaks Bedrock's protocols and answers deterministically.",
        discussion: HelpText.reference
    )

    @Option(help: "Where to listen: unix:/path.sock, tcp:HOST:PORT or fd:N.")
    var listen: String

    @Option(help: "Tokens a second of every answer; 0 is as fast as possible.")
    var tokensPerSecond: Double?

    @Option(help: "Threads that answer.")
    var workers = 1

    func validate() throws {
        guard (1...64).contains(workers) else { throw ValidationError("--workers takes 1 to 64") }
        guard tokensPerSecond.map(SandboxConfiguration.isRate) ?? true else {
            throw ValidationError("--tokens-per-second takes 0 or a number from 0.001 to 1000000")
        }
    }

    func run() throws {
        var configuration = try SandboxConfiguration(environment: Self.environment())
        if let tokensPerSecond { configuration.tokensPerSecond = tokensPerSecond }
        let address = try ListenAddress(parsing: listen)
        signal(SIGPIPE, SIG_IGN)
        guard FastCGIServer.prepareProcess() else {
            Self.log("bedrock-sandbox: libfcgi could not be initialised")
            throw ExitCode(70)
        }
        let listener = try Listener(address)
        defer {
            listener.withdraw()
            listener.close()
        }
        let service = try SandboxService(
            sandbox: Sandbox(configuration: configuration),
            listeners: [listener],
            workers: workers,
            report: Self.log
        )
        Self.log("bedrock-sandbox listens at \(listen)")
        try service.run()
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
