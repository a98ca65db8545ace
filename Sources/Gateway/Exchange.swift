import DIAL
import FastCGI
import JSON

/// One request and its answer on the wire, with the log line that will tell of them. Used by the tasks of the request.
final class Exchange: @unchecked Sendable {
    let request: FastCGIRequest
    let response: ResponseStream
    private let logging: LogConfiguration
    var log = RequestLog()
    var isLogged = true
    /// Counted among the requests under way.
    var isInFlight = false
    /// Bytes of the request's body, which is let go of once it is decoded.
    var bodySize = 0
    /// Where it was needed to find the deployment.
    var parsedBody: JSONObject?
    /// In the log, and in the answer as `X-Request-ID`.
    let id: String

    init(request: FastCGIRequest, response: ResponseStream, logging: LogConfiguration) {
        self.request = request
        self.response = response
        self.logging = logging
        log.method = request.method.word ?? "_OTHER"
        id = request.header("X-Request-ID").flatMap { Self.isID($0) ? $0 : nil } ?? UUIDVersion4.random()
    }

    /// Up to 128 visible characters of ASCII, which a log can hold as they are; as nginx/upstream.conf has it.
    private static func isID(_ text: String) -> Bool {
        1...128 ~= text.utf8.count && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    func answer(_ status: Int, json: JSON, headers: [(String, String)] = []) async {
        await answer(status, body: json.serialized(), headers: [("Content-Type", "application/json")] + headers)
    }

    func answerJSON(_ body: [UInt8]) async {
        await answer(200, body: body, headers: [("Content-Type", "application/json")])
    }

    /// A whole answer. A peer that went away is nobody's fault.
    func answer(_ status: Int, body: [UInt8], headers: [(String, String)]) async {
        log.status = status
        response.start(
            status: status,
            headers: headers + [("Content-Length", String(body.count)), ("X-Request-ID", id)]
        )
        try? await response.finish(log.method == "HEAD" ? [] : body)
        log.firstByteIsOut()
    }

    func fail(_ error: DIALError) async {
        log.errorCode = error.code
        guard !response.hasStarted else { return }
        await answer(
            error.status,
            body: error.body(),
            headers: [("Content-Type", "application/json")] + error.headers.map { ($0.name, $0.value) }
        )
    }

    /// The same place without the trailing slash.
    func redirect(to path: String) async {
        let scheme = request.parameters["REQUEST_SCHEME"] ?? (request.parameters["HTTPS"] == "on" ? "https" : "http")
        let host = request.header("Host") ?? request.parameters["SERVER_NAME"] ?? "localhost"
        let target = request.target
        // Copied, it has to fit into the head of the answer.
        guard target.utf8.count <= 4096 else {
            return await fail(DIALError(status: 414, message: "The request target is too long"))
        }
        let query = target.firstIndex(of: "?").map { String(target[$0...]) } ?? ""
        await answer(307, body: [], headers: [("Location", "\(scheme)://\(host)\(path)\(query)")])
    }

    /// The line in the log, and the entry in the metrics.
    func close(_ metrics: Metrics) {
        metrics.requestEnded(log.metricsRequest, milliseconds: log.elapsedMilliseconds)
        guard isLogged else { return }
        log.bytes = response.byteCount
        log.write(id: id, logging)
    }
}
