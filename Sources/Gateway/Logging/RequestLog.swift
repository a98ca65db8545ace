import EventLoop
import Logging

/// What is worth knowing of one request, gathered on its way and written as one line.
struct RequestLog {
    var method = ""
    /// The pattern of the route, empty where there is none.
    var routePattern = ""
    var endpoint = ""
    var deployment: String?
    var upstreamModel: String?
    var region: String?
    var status = 0
    var isStream = false
    var finishReason: String?
    /// The model's own word, where this program does not know it.
    var unknownStopReason: String?
    var promptTokens: Int?
    var completionTokens: Int?
    var attempts: Int?
    var errorCode: String?
    /// Why a call of the model failed, as the metrics count it.
    var errorType: String?
    var traceID: String?
    var bytes = 0

    private let start = EventLoop.now()
    var firstByte: UInt64?
    /// Time spent waiting for the upstream: what is left is ours.
    var waiting: UInt64 = 0

    mutating func firstByteIsOut() {
        if firstByte == nil { firstByte = EventLoop.now() }
    }

    var elapsedMilliseconds: Double { Double(EventLoop.now() &- start) / 1e6 }

    /// As the metrics count it: a method or a status that nobody defines must not make a series of its own.
    var metricsRequest: Metrics.Request {
        Metrics.Request(
            method: ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"].first { $0 == method } ?? "_OTHER",
            target: routePattern,
            status: (100..<600).contains(status) ? status : 0
        )
    }

    func write(id: String, _ logging: LogConfiguration) {
        guard logging.level <= .info else { return }
        line(id: id, format: logging.format).write()
    }

    /// Straight to a line: swift-log's metadata would build a dictionary for each request and sort it again.
    func line(id: String, format: LogFormat) -> LogLine {
        let total = EventLoop.now() &- start
        var line = LogLine(
            format,
            level: .info,
            label: "bedrock-adapter",
            message: endpoint.isEmpty ? method : "\(method) \(endpoint)"
        )
        func add(_ name: String, _ value: String?) {
            if let value { line.add(name, value) }
        }
        func addLiteral(_ name: String, _ value: String?) {
            if let value { line.add(name, literal: value) }
        }
        add("id", id)
        add("deployment", deployment)
        add("upstream_model", upstreamModel == deployment ? nil : upstreamModel)
        add("region", region)
        addLiteral("status", String(status))
        if isStream { addLiteral("stream", "true") }
        add("finish_reason", finishReason)
        add("unknown_stop_reason", unknownStopReason)
        add("error_code", errorCode)
        add("error_type", errorType == errorCode ? nil : errorType)
        addLiteral("prompt_tokens", promptTokens.map { String($0) })
        addLiteral("completion_tokens", completionTokens.map { String($0) })
        addLiteral("attempts", attempts.flatMap { $0 > 1 ? String($0) : nil })
        add("trace_id", traceID)
        addLiteral("bytes", bytes > 0 ? String(bytes) : nil)
        addLiteral("ttft_ms", firstByte.map { Self.milliseconds($0 &- start) })
        addLiteral("total_ms", Self.milliseconds(total))
        addLiteral("overhead_ms", Self.milliseconds(total &- min(waiting, total)))
        return line
    }

    /// Milliseconds with two decimals.
    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let hundredths = nanoseconds / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
