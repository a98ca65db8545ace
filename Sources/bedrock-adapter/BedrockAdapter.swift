import ArgumentParser
import FastCGI
import Gateway

struct BedrockAdapter: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-adapter",
        abstract: "Serves AWS Bedrock models through the DIAL API, as a FastCGI or SCGI program behind a web server.",
        discussion: """
            Everything else is set in the environment, or in a file .env in the working directory: AWS credentials and \
            region, DIAL_URL, WEB_CONCURRENCY, LOG_LEVEL and more; see docs/configuration.md.
            """,
        version: Version.current
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to listen: unix:/path.sock, tcp:HOST:PORT or fd:N; scgi+ before it for SCGI. May be repeated.",
            valueName: "address"
        )
    )
    var listen: [String] = []

    @Flag(name: .long, help: "Check the configuration, say what is wrong with it, and exit.")
    var checkConfig = false

    func run() throws {
        let configuration: Configuration
        do {
            let environment = EnvironmentFile.processEnvironment()
            configuration = try Configuration(environment: environment.variables, warnings: environment.warnings)
        } catch {
            throw ValidationError(error.description)
        }
        var addresses: [ListenAddress] = []
        for text in listen {
            do {
                addresses.append(try ListenAddress(parsing: text))
            } catch {
                throw ValidationError("--listen \(error)")
            }
        }
        if checkConfig {
            for warning in configuration.warnings { print("Warning: \(warning)") }
            print("The configuration is valid.")
            return
        }
        guard !addresses.isEmpty else {
            throw ValidationError("Say where to listen, as in --listen unix:/run/bedrock-adapter.sock")
        }
        try Service(configuration, addresses: addresses).run()
    }
}
