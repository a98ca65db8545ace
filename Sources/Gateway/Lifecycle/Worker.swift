import AWS
import EventLoop
import FastCGI
import Glibc
import HTTPClient
import Logging

/// One event loop with everything that runs on it: FastCGI server, HTTP client, gateway.
final class Worker: Sendable {
    let loop: EventLoop
    let server: FastCGIServer

    /// - Throws: `SystemError` when the loop cannot have its descriptors.
    init(
        _ configuration: Configuration,
        loop: EventLoop,
        client: HTTPClient,
        credentials: AWSCredentialService,
        listeners: [Listener],
        state: GatewayState,
        logger: Logger
    ) throws(SystemError) {
        self.loop = loop
        let gateway = Gateway(
            configuration: configuration,
            loop: loop,
            transport: client,
            credentials: credentials,
            state: state,
            logger: logger
        )
        server = try FastCGIServer(
            loop: loop,
            limits: FastCGILimits(body: configuration.maximumBodyBytes),
            report: { logger.warning("\($0)") },
            handler: { request, response in await gateway.handle(request, response) }
        )
        try server.listen(listeners)
    }

    /// Runs the loop on a thread of its own until it stops.
    func runOnThread() throws(SystemError) -> pthread_t {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(loop).toOpaque()
        let result = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context
        )
        guard result == 0 else { throw SystemError("pthread_create", code: result) }
        return thread
    }
}
