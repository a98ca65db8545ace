import AWS
import Bedrock
import EventLoop
import FastCGI
import HTTPClient
import Logging

/// One event loop with everything that runs on it: FastCGI server, HTTP clients, gateway.
final class Worker: Sendable {
    let loop: EventLoop
    let server: FastCGIServer
    let metrics: Metrics
    private let clients: Clients

    /// A client per pool of connections.
    struct Clients: Sendable {
        /// Also for attachments, credentials and DIAL's storage.
        let bedrock: HTTPClient
        let anthropic: HTTPClient
    }

    /// - Throws: `SystemError` when the loop cannot have its descriptors.
    init(
        _ configuration: Configuration,
        clients: Clients,
        metrics: Metrics,
        credentials: AWSCredentialService,
        listeners: [Listener],
        state: GatewayState,
        logger: Logger
    ) throws(SystemError) {
        let loop = clients.bedrock.loop
        self.loop = loop
        self.clients = clients
        self.metrics = metrics
        let gateway = Gateway(
            configuration: configuration,
            clients: clients,
            credentials: credentials,
            state: state,
            metrics: metrics,
            logger: logger
        )
        server = try FastCGIServer(
            loop: loop,
            limits: FastCGILimits(
                body: configuration.server.maximumBodyBytes,
                heldBytes: configuration.server.maximumHeldBytes
            ),
            report: { gateway.protocolLogger.warning("\($0)") },
            handler: { request, response in await gateway.handle(request, response) }
        )
        try server.listen(listeners)
    }

    /// A copy of what was counted here. On the loop's thread.
    func metricValues() -> Metrics.Values {
        var values = metrics.values
        for (pool, client) in [(ConnectionPool.bedrock, clients.bedrock), (.anthropicMessages, clients.anthropic)] {
            values.connections[.init(pool: pool.rawValue, state: "active")] = client.activeTransfers
            values.connections[.init(pool: pool.rawValue, state: "waiting")] = client.waitingTransfers
        }
        return values
    }
}
