import AWS
import Adapters
import Bedrock
import Catalog
import DIAL
import EventLoop
import FastCGI
import HTTPClient
import JSON
import Logging

/// Answers the requests of one event loop.
///
/// The way of a request: route, headers, body, deployment, adapter, upstream call, answer. docs/architecture.md draws it.
final class Gateway: Sendable {
    let configuration: Configuration
    let loop: EventLoop
    let transport: any HTTPTransport
    let upstreams: UpstreamClient
    let selection: UpstreamSelection
    let adapters = AdapterRegistry()
    let logger: Logger
    /// For what concerns the DIAL API rather than the models.
    let protocolLogger: Logger
    let state: GatewayState
    let metrics: Metrics
    /// The answers to `GET /openai/models` and `GET /openai/v1/models`, which do not change.
    private let models: [UInt8], openAIModels: [UInt8]

    init(
        configuration: Configuration,
        clients: Worker.Clients,
        credentials: AWSCredentialService,
        state: GatewayState,
        metrics: Metrics,
        logger: Logger
    ) {
        self.configuration = configuration
        loop = clients.bedrock.loop
        transport = clients.bedrock
        self.state = state
        self.logger = logger
        protocolLogger = configuration.logging.makeLogger("dial", configuration.logging.protocolLevel)
        self.metrics = metrics
        let listing = ModelListing(
            models: configuration.catalog.listing.map { .init($0.id, $0.kind, vendor: $0.vendor) }
        )
        models = listing.body()
        openAIModels = listing.body(isForOpenAI: true)
        selection = UpstreamSelection(configuration: configuration, credentials: credentials, logger: logger)
        let settings = UpstreamClient.Settings(
            idleTimeout: .seconds(configuration.calls.requestTimeout),
            certificateAuthorityFile: configuration.certificateAuthorityFile
        )
        upstreams = UpstreamClient(
            transport: transport,
            anthropicTransport: clients.anthropic,
            settings: settings,
            clock: CredentialRuntime.systemTime,
            pause: { [loop] seconds in try? await loop.sleep(for: .seconds(seconds)) }
        )
    }

    /// Answers one request, whatever it is.
    func handle(_ request: FastCGIRequest, _ response: ResponseStream) async {
        let exchange = Exchange(request: request, response: response, logging: configuration.logging)
        if let chat = await begin(exchange) {
            if let error = await chat.run() { await fail(exchange, error) }
            if chat.answer.isStream { metrics.streamEnded() }
        }
        if exchange.isInFlight { state.end() }
        exchange.close(metrics)
    }

    /// What comes before a model's call, in a child task: a task keeps the memory of its deepest call, and the one that goes
    /// on to stream, for minutes, is to be small.
    @inline(never) private func begin(_ exchange: Exchange) async -> ChatRun? {
        async let beginning: ChatRun? = {
            do throws(DIALError) {
                return try await serve(exchange)
            } catch {
                await fail(exchange, error)
                return nil
            }
        }()
        return await beginning
    }

    private func fail(_ exchange: Exchange, _ error: DIALError) async {
        let isTold = !error.isQuotation && error.status != 500
        let words = isTold ? String(decoding: error.message.utf8.prefix(512), as: UTF8.self) : "The request failed"
        protocolLogger.debug(
            "\(words)",
            metadata: ["id": "\(exchange.id)", "status": "\(error.status)", "code": "\(error.code)"]
        )
        await exchange.fail(error)
    }

    /// Has the log say why a call of the model failed.
    func logUpstreamFailure(_ error: any Error, _ meter: OperationMeter, _ exchange: Exchange) {
        guard meter.isUpstreamFailure else { return }
        exchange.log.errorType = meter.errorType
        // AWS's own words may quote the request, and credentials have a line of their own.
        guard let error = error as? UpstreamError, error.kind == .transport, [502, 504].contains(error.status) else {
            return
        }
        logger.warning("\(error.message)", metadata: ["id": "\(exchange.id)"])
    }

    /// Answers a request, or makes a chat ready to be run.
    private func serve(_ exchange: Exchange) async throws(DIALError) -> ChatRun? {
        let request = exchange.request
        let route = Route(method: exchange.log.method, target: request.target)
        exchange.log.routePattern = route.pattern
        switch route {
        case .health:
            exchange.isLogged = false
            await exchange.answer(200, json: ["status": "ok"])
        case .ready:
            exchange.isLogged = false
            await exchange.answer(
                state.isDraining ? 503 : 200,
                json: ["status": state.isDraining ? "draining" : "ready"]
            )
        case .docs:
            await describe(Documentation.page, exchange)
        case .openAPI:
            await describe(Documentation.openAPI, exchange)
        case .models:
            exchange.log.endpoint = "models"
            await exchange.answerJSON(models)
        case .openAIModels:
            exchange.log.endpoint = "models"
            await exchange.answerJSON(openAIModels)
        case .openAIModel(let id):
            exchange.log.endpoint = "models"
            await exchange.answer(200, json: .object(try model(id)))
        case .notFound where configuration.ignoresUnknownFields && request.target.utf8.starts(with: "/openai/v1/".utf8):
            throw .notOfOpenAI
        case .notFound:
            await exchange.answer(404, json: ["detail": "Not Found"])
        case .methodNotAllowed(let allow):
            await exchange.answer(405, json: ["detail": "Method Not Allowed"], headers: [("Allow", allow)])
        case .redirect(let path):
            await exchange.redirect(to: path)
        case .deployment(let id, let endpoint):
            exchange.log.deployment = id
            try admit(exchange, to: endpoint)
            return try await serve(endpoint, deploymentID: id, exchange)
        case .headerDeployment(let endpoint):
            try admit(exchange, to: endpoint)
            return try await serve(endpoint, deploymentID: try await headerDeploymentID(exchange, endpoint), exchange)
        }
        return nil
    }

    /// - Throws: 503 where too many are under way.
    private func admit(_ exchange: Exchange, to endpoint: Endpoint) throws(DIALError) {
        exchange.log.endpoint = endpoint.rawValue
        guard state.begin(limit: configuration.server.maximumInFlight) else {
            throw DIALError(
                status: 503,
                message: "The adapter has too many requests under way; try again later",
                headers: [DIALError.Header(name: "Retry-After", value: "1")]
            )
        }
        exchange.isInFlight = true
    }

    private func serve(
        _ endpoint: Endpoint,
        deploymentID: String,
        _ exchange: Exchange
    ) async throws(DIALError) -> ChatRun? {
        let headers = try RequestHeaders(
            exchange.request,
            takesBearer: configuration.ignoresUnknownFields,
            trustsUpstreamHeaders: configuration.trustsUpstreamHeaders
        )
        exchange.log.traceID = headers.trace?.traceID
        if exchange.parsedBody == nil { try checkBody(exchange.request) }
        exchange.request.parameters = RequestParameters()
        let call = EndpointCall(deploymentID: deploymentID, headers: headers)
        switch endpoint {
        case .chatCompletions: return try await prepareChat(call, exchange)
        case .tokenize: try await tokenize(call, exchange)
        case .truncatePrompt: try await truncatePrompt(call, exchange)
        case .configuration: try await describeConfiguration(call, exchange)
        case .rate: try await rate(call, exchange)
        case .embeddings: try await embed(call, exchange)
        }
        return nil
    }
}
