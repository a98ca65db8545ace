import FastCGI

/// The variables of OpenTelemetry that are honoured. Source: OpenTelemetry, "Environment variable specification".
struct TelemetryConfiguration: Sendable {
    /// Where Prometheus asks for metrics; nil unless `OTEL_METRICS_EXPORTER` has `prometheus`.
    let metricsAddress: ListenAddress?
    let serviceName: String

    init(_ reader: inout EnvironmentReader, warnings: inout [String]) {
        serviceName = reader.string("OTEL_SERVICE_NAME") ?? "dial-bedrock-adapter"
        let exporters = reader.list("OTEL_METRICS_EXPORTER")
        // Whoever can reach it reads which models are used how much: only this machine, unless said otherwise.
        let host = reader.string("OTEL_EXPORTER_PROMETHEUS_HOST") ?? "127.0.0.1"
        let port = reader.integer("OTEL_EXPORTER_PROMETHEUS_PORT", default: 9464, in: 1...65_535)
        metricsAddress = exporters.contains("prometheus") ? .tcp(host: host, port: UInt16(port)) : nil
        for exporter in exporters where exporter != "prometheus" && exporter != "none" {
            warnings.append("OTEL_METRICS_EXPORTER has '\(exporter)', which is ignored: only prometheus is supported")
        }
    }
}
