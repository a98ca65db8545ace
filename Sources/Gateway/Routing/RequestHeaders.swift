import DIAL
import FastCGI
import JSON

/// What DIAL Core tells in headers. Source: DIAL API, "Request headers".
struct RequestHeaders {
    /// The per-request key, for calls back to DIAL. Never logged.
    let apiKey: String
    /// A key of Anthropic's API; an empty header counts as absent.
    let upstreamKey: String?
    /// Judged when region or credentials are needed: what else is wrong with a request is said first, and some need neither.
    let extraData: Result<UpstreamExtraData, DIALError>
    let trace: TraceContext?

    /// The model whose behaviour the deployment has, where the upstream says so.
    var compatibleModelID: String? { (try? extraData.get())?.compatibleModelID }

    /// - Parameter takesBearer: whether a bearer token stands for an `Api-Key`, as clients made for OpenAI's API send it.
    /// - Throws: 400 without an `Api-Key` or with malformed application properties.
    init(_ request: FastCGIRequest, takesBearer: Bool, trustsUpstreamHeaders: Bool) throws(DIALError) {
        let bearer = takesBearer ? request.header("Authorization").flatMap(Self.bearerToken) : nil
        guard let apiKey = request.header("Api-Key") ?? bearer else { throw .apiKeyRequired }
        self.apiKey = apiKey
        try Self.checkProperties(request.header("X-DIAL-APPLICATION-PROPERTIES") ?? "")
        trace = TraceContext(parent: request.header("traceparent"), state: request.header("tracestate"))
        guard trustsUpstreamHeaders else {
            upstreamKey = nil
            extraData = .success(UpstreamExtraData())
            return
        }
        upstreamKey = request.header("X-UPSTREAM-KEY")?.nonEmpty
        // With a key of its own the upstream needs neither region nor credentials.
        let (header, isLenient) = (request.header("X-UPSTREAM-EXTRA-DATA"), upstreamKey != nil)
        extraData = Result { () throws(DIALError) in try UpstreamExtraData(header: header, isLenient: isLenient) }
    }

    private static func bearerToken(_ header: String) -> String? {
        let scheme = "bearer "
        guard header.utf8.count > scheme.utf8.count,
            String(decoding: header.utf8.prefix(scheme.utf8.count), as: UTF8.self).lowercased() == scheme
        else { return nil }
        return String(header.utf8.dropFirst(scheme.utf8.count))
    }

    /// Properties of an application, of which this program is none: only their form counts.
    private static func checkProperties(_ header: String) throws(DIALError) {
        guard !header.isEmpty else { return }
        guard let properties = try? JSON(mendingPython: header.utf8) else {
            throw .invalidRequest("The value of X-DIAL-APPLICATION-PROPERTIES header isn't valid JSON")
        }
        guard properties.isNull || properties.objectValue != nil else {
            throw .invalidStructure(
                path: "unreliable_dial_application_properties",
                "Input should be a valid dictionary"
            )
        }
    }
}
