import Adapters
import Bedrock
import Catalog
import DIAL
import JSON

extension Gateway {
    /// Of a request whose path does not say it.
    /// - Throws: 500 without one; 404 before the rest is looked at, as the DIAL SDK does on these routes.
    func headerDeploymentID(_ exchange: Exchange, _ endpoint: Endpoint) async throws(DIALError) -> String {
        let request = exchange.request
        var id = request.header("X-DIAL-OVERRIDE-NAME")?.nonEmpty ?? request.header("X-DIAL-DEPLOYMENT-ID")
        if id == nil, configuration.ignoresUnknownFields, endpoint.method == "POST" {
            id = try await modelOfBody(exchange)
        }
        guard let id else {
            throw .internalServerError("The request headers are missing X-DIAL-DEPLOYMENT-ID header.")
        }
        // As long as an id in a path may be.
        guard id.utf8.count <= Route.longestID else {
            throw .deploymentNotFound("The deployment's id is longer than \(Route.longestID) bytes")
        }
        exchange.log.deployment = id
        let extraData = configuration.trustsUpstreamHeaders ? request.header("X-UPSTREAM-EXTRA-DATA") : nil
        let compatible = (try? UpstreamExtraData(header: extraData, isLenient: true))?.compatibleModelID
        guard configuration.catalog.resolve(id: id, compatibleModelID: compatible, kind: endpoint.kind) != nil else {
            throw .deploymentNotFound("The deployment '\(id)' doesn't provide the '\(endpoint.rawValue)' endpoint")
        }
        return id
    }

    /// The deployment that an id stands for.
    /// - Throws: 404 that says what to set.
    func deployment(_ call: EndpointCall, kind: ModelProfile.Kind) throws(DIALError) -> Deployment {
        let compatible = call.headers.compatibleModelID
        guard
            let deployment = configuration.catalog.resolve(
                id: call.deploymentID,
                compatibleModelID: compatible,
                kind: kind
            )
        else {
            throw .deploymentNotFound(
                configuration.catalog.unknownDeploymentMessage(
                    id: call.deploymentID,
                    compatibleModelID: compatible,
                    kind: kind
                )
            )
        }
        if let prefix = deployment.undocumentedPrefix, state.shouldWarn(of: deployment.deploymentID) {
            logger.warning(
                "AWS documents no geographic prefix '\(prefix)': the deployment id may be misspelled",
                metadata: ["deployment": "\(deployment.deploymentID)"]
            )
        }
        return deployment
    }

    /// What OpenAI's API tells of one model.
    /// - Throws: 404.
    func model(_ id: String) throws(DIALError) -> JSONObject {
        for kind in [ModelProfile.Kind.chat, .embeddings] {
            guard let deployment = configuration.catalog.resolve(id: id, kind: kind) else { continue }
            return ModelListing.Entry(id, kind, vendor: deployment.profile.vendor).openAIMembers
        }
        throw .deploymentNotFound(configuration.catalog.unknownDeploymentMessage(id: id, kind: .chat))
    }

    /// - Parameter configuration: of a chat completion; everything else goes by the deployment alone.
    func adapter(for deployment: Deployment, configuration: JSONObject? = nil) throws(DIALError) -> any ChatAdapter {
        guard let adapter = adapters.chatAdapter(for: deployment, configuration: configuration) else {
            throw .notImplemented
        }
        return adapter
    }

    func context(
        _ deployment: Deployment,
        _ upstream: UpstreamKind,
        _ headers: RequestHeaders,
        _ exchange: Exchange
    ) -> AdapterContext {
        let response = exchange.response
        return AdapterContext(
            deployment: deployment,
            upstream: upstream,
            attachments: AttachmentDownloader(
                transport: transport,
                executor: loop,
                storage: configuration.storage,
                apiKey: headers.apiKey,
                trace: headers.trace,
                limits: configuration.attachments,
                takeRoom: { response.takeRoom($0) }
            ),
            claudeDefaultMaxTokens: configuration.claudeDefaultMaxTokens
        )
    }

    func describeConfiguration(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        let deployment = try deployment(call, kind: .chat)
        guard deployment.profile.configurable, let schema = try adapter(for: deployment).configurationSchema(deployment)
        else { throw .notImplemented }
        await exchange.answer(200, json: schema)
    }
}

extension ModelListing.Entry {
    init(_ id: String, _ kind: ModelProfile.Kind, vendor: String) {
        self.init(id: id, capability: kind == .chat ? .chatCompletion : .embeddings, vendor: vendor)
    }
}
