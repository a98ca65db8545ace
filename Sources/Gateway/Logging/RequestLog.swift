import EventLoop
import Logging

/// What is worth knowing of one request, gathered on its way and written as one line.
struct RequestLog {
    var method = ""
    var endpoint = ""
    var deployment: String?
    var upstreamModel: String?
    var region: String?
    var status = 0
    var isStream = false
    var finishReason: String?
    var promptTokens: Int?
    var completionTokens: Int?
    var attempts: Int?
    var errorCode: String?
    var traceID: String?
    var bytes = 0

    private let start = EventLoop.now()
    var firstByte: UInt64?
    /// Time spent waiting for the upstream: what is left is ours.
    var waiting: UInt64 = 0

    mutating func firstByteIsOut() {
        if firstByte == nil { firstByte = EventLoop.now() }
    }

    func write(to logger: Logger, id: String) {
        guard logger.logLevel <= .info else { return }
        let total = EventLoop.now() &- start
        var fields: Logger.Metadata = ["id": "\(id)", "status": "\(status)", "total_ms": "\(Self.milliseconds(total))"]
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { fields[name] = "\(value)" }
        }
        add("deployment", deployment)
        add("upstream_model", upstreamModel)
        add("region", region)
        add("finish_reason", finishReason)
        add("prompt_tokens", promptTokens)
        add("completion_tokens", completionTokens)
        add("error_code", errorCode)
        add("trace_id", traceID)
        add("attempts", attempts.flatMap { $0 > 1 ? $0 : nil })
        if isStream { fields["stream"] = "true" }
        if bytes > 0 { fields["bytes"] = "\(bytes)" }
        if let firstByte { fields["ttft_ms"] = "\(Self.milliseconds(firstByte &- start))" }
        fields["overhead_ms"] = "\(Self.milliseconds(total &- min(waiting, total)))"
        logger.info("\(method) \(endpoint)", metadata: fields)
    }

    /// Milliseconds with two decimals.
    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let hundredths = nanoseconds / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
