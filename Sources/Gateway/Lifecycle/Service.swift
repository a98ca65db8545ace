import AWS
import CLinux
import EventLoop
import FastCGI
import Glibc
import HTTPClient
import Logging
import Synchronization

/// The program from start to end: sockets, loops, signals, shutdown.
public final class Service: Sendable {
    private let configuration: Configuration
    private let logger: Logger
    private let state = GatewayState()
    private let listeners: [Listener]
    private let workers: [Worker]
    private let signals: Int32
    /// Workers that hold the listeners.
    private let accepting: Atomic<Int>
    /// Workers that have requests to answer.
    private let undrained: Atomic<Int>
    /// Nil unless metrics are asked for.
    private let metricsServer: MetricsServer?

    /// Something that must be put right before the program can start.
    public struct StartError: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Opens the sockets and prepares the loops.
    /// - Throws: `StartError`, `SystemError`, `HTTPError`.
    public init(_ configuration: Configuration, addresses: [ListenAddress]) throws {
        Self.holdStandardDescriptors()
        self.configuration = configuration
        let logger = configuration.logging.makeLogger("bedrock-adapter", configuration.logging.level)
        self.logger = logger
        // Signals are read from a descriptor; blocked before any thread starts, so that no thread takes them.
        signals = linux_termination_signals()
        guard signals >= 0 else { throw SystemError("signalfd") }
        // A log at the limit of a file's size ends the log, not the program.
        signal(SIGXFSZ, SIG_IGN)
        // Ignored by whoever started the program, it would hide how a command of `credential_process` ended.
        signal(SIGCHLD, SIG_DFL)
        Self.raiseFileLimit()
        try Self.prepareLibraries(configuration)
        let listeners = try addresses.map { try Listener($0, mode: configuration.server.socketMode) }
        self.listeners = listeners
        let clients = try (0..<configuration.server.eventLoops).map { _ in try Self.clients(configuration) }
        let metrics = clients.map { _ in Metrics() }
        let credentials = Self.credentials(configuration, client: clients[0].bedrock, metrics[0], logger)
        let workers = try zip(clients, metrics).map { [state] clients, metrics in
            try Worker(
                configuration,
                clients: clients,
                metrics: metrics,
                credentials: credentials,
                listeners: listeners,
                state: state,
                logger: logger
            )
        }
        self.workers = workers
        accepting = Atomic(clients.count)
        undrained = Atomic(clients.count)
        metricsServer = try Self.metricsServer(configuration.telemetry, workers, state)
        for warning in configuration.warnings { logger.warning("\(warning)") }
    }

    private static func prepareLibraries(_ configuration: Configuration) throws(StartError) {
        linux_return_large_memory()
        // Closing a kept-alive connection must not wait for its peer.
        setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "0", 1)
        guard FastCGIServer.prepareProcess() else { throw StartError(description: "libfcgi could not be started") }
        guard HTTPClient.prepareProcess(configuration.environment) else {
            throw StartError(description: "libcurl could not be started")
        }
    }

    /// On the first loop; nil unless metrics are asked for.
    private static func metricsServer(
        _ telemetry: TelemetryConfiguration,
        _ workers: [Worker],
        _ state: GatewayState
    ) throws(SystemError) -> MetricsServer? {
        guard let address = telemetry.metricsAddress else { return nil }
        let collector = MetricsCollector(workers: workers, state: state, serviceName: telemetry.serviceName)
        do throws(SystemError) {
            return try MetricsServer(address: address, loop: workers[0].loop) { await collector.report() }
        } catch {
            throw SystemError("metrics (OTEL_EXPORTER_PROMETHEUS_PORT): \(error.call)", code: error.code)
        }
    }

    /// The clients of one loop. Every loop has the configured limits for itself, as every worker process of the Python
    /// adapter does.
    private static func clients(_ configuration: Configuration) throws -> Worker.Clients {
        let loop = try EventLoop()
        let userAgent = "dial-bedrock-adapter/\(Version.current)"
        return Worker.Clients(
            bedrock: try HTTPClient(
                loop: loop,
                configuration: .init(idleConnections: configuration.calls.bedrockPoolConnections, userAgent: userAgent)
            ),
            anthropic: try HTTPClient(
                loop: loop,
                configuration: .init(
                    idleConnections: configuration.calls.anthropicIdleConnections,
                    userAgent: userAgent,
                    maximumTransfers: configuration.calls.anthropicConnections,
                    queueTimeout: .seconds(configuration.calls.anthropicPoolTimeout)
                )
            )
        )
    }

    /// Credentials are the process's: one loop fetches them, all use them.
    private static func credentials(
        _ configuration: Configuration,
        client: HTTPClient,
        _ metrics: Metrics,
        _ logger: Logger
    ) -> AWSCredentialService {
        let loop = client.loop
        let runtime = CredentialRuntime(
            transport: client,
            sleep: { try? await loop.sleep(for: $0) },
            spawn: { work in Task(executorPreference: loop) { await work() } },
            note: { note in
                logger.log(level: note.isWarning ? .warning : .info, "\(note)")
                loop.execute { metrics.count(note) }
            },
            certificateAuthorityFile: configuration.certificateAuthorityFile
        )
        return AWSCredentialService(
            environment: configuration.environment,
            endpointSettings: configuration.endpoints,
            runtime: runtime
        )
    }

    /// Runs until a signal ends it.
    public func run() throws(SystemError) {
        let watcher = SignalWatcher(descriptor: signals) { [unowned self] in terminate() }
        try workers[0].loop.watch(signals, for: .readable, handler: watcher)
        var threads: [pthread_t] = []
        for worker in workers.dropFirst() { threads.append(try worker.loop.runOnThread()) }
        logger.info("started", metadata: ["event_loops": "\(workers.count)", "listeners": "\(listeners.count)"])
        withExtendedLifetime(watcher) { workers[0].loop.run() }
        for worker in workers { worker.loop.stop() }
        for thread in threads { pthread_join(thread, nil) }
        logger.info("stopped")
    }

    /// The first signal drains, the second ends at once.
    private func terminate() {
        guard !state.isDraining else { _exit(130) }
        state.startDraining()
        logger.info("stopping", metadata: ["requests_in_flight": "\(state.requestsInFlight)"])
        let loop = workers[0].loop
        Task(executorPreference: loop) { [self] in
            // Load balancers see /ready and go elsewhere before connections are refused.
            if configuration.server.drainDelay > 0 {
                try? await loop.sleep(for: .seconds(configuration.server.drainDelay))
            }
            drain()
            try? await loop.sleep(for: .seconds(configuration.server.shutdownGrace))
            let running = state.requestsInFlight
            if running > 0 {
                logger.warning("the time for draining is over", metadata: ["requests_in_flight": "\(running)"])
            }
            loop.stop()
        }
    }

    private func drain() {
        for listener in listeners { listener.withdraw() }
        for worker in workers {
            worker.loop.execute { [self] in
                worker.server.stopAccepting()
                // Closed by the last one: until then the number must not become another socket's, which would be unwatched.
                if accepting.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                    for listener in listeners { listener.close() }
                }
                worker.server.drain { [self] in
                    if undrained.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { workers[0].loop.stop() }
                }
            }
        }
    }

    /// Web servers may start the program without them, and what is opened next would get the lines of the log.
    private static func holdStandardDescriptors() {
        var descriptor: Int32
        repeat { descriptor = open("/dev/null", O_RDWR) } while (0...2).contains(descriptor)
        if descriptor > 2 { close(descriptor) }
    }

    /// Each stream needs two descriptors; the default limit of 1,024 would be met by 500 of them.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// Reads termination signals from their descriptor.
private final class SignalWatcher: ReadinessHandler {
    private let descriptor: Int32
    private let action: () -> Void

    init(descriptor: Int32, action: @escaping () -> Void) {
        self.descriptor = descriptor
        self.action = action
    }

    func ready(_ readiness: Readiness) {
        // One record of 128 bytes per signal.
        var record = [UInt8](repeating: 0, count: 128)
        while read(descriptor, &record, record.count) == record.count { action() }
    }
}
