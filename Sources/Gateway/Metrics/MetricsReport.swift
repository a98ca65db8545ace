/// The families of metrics and their names. docs/operations.md describes them.
enum MetricsReport {
    static func text(
        _ values: Metrics.Values,
        process: ProcessMetrics,
        requestsInFlight: Int,
        isDraining: Bool,
        serviceName: String
    ) -> String {
        var text = MetricsText()
        text.add(
            "target_info",
            "gauge",
            help: "What is measured.",
            [([("service_name", serviceName), ("service_version", Version.current)], 1)]
        )
        addServer(values, requestsInFlight, isDraining, to: &text)
        addModels(values, to: &text)
        addProcess(process, to: &text)
        return text.text
    }

    private static func addServer(
        _ values: Metrics.Values,
        _ requestsInFlight: Int,
        _ isDraining: Bool,
        to text: inout MetricsText
    ) {
        text.add(
            "http_server_duration_milliseconds",
            help: "Requests by route and status, from their last byte in to their last byte out.",
            values.requests.map { request, histogram in
                (
                    [
                        ("http_method", request.method), ("http_target", request.target),
                        ("http_status_code", String(request.status)),
                    ], histogram
                )
            }
        )
        text.add(
            "http_server_active_requests",
            "gauge",
            help: "Requests to deployments that are under way.",
            [([], Double(requestsInFlight))]
        )
        text.add(
            "dial_adapter_open_streams",
            "gauge",
            help: "Streamed chat completions that are under way.",
            [([], Double(values.openStreams))]
        )
        text.add("dial_adapter_draining", "gauge", help: "1 after SIGTERM.", [([], isDraining ? 1 : 0)])
        text.add(
            "dial_adapter_upstream_connections",
            "gauge",
            help: "Calls that have a connection or wait for one, by pool.",
            values.connections.map { ([("pool", $0.pool), ("state", $0.state)], Double($1)) }
        )
        text.add(
            "dial_adapter_credential_refresh_total",
            "counter",
            help: "Attempts to obtain AWS credentials, by source and outcome.",
            values.credentialRefreshes.map { refresh, count in
                ([("source", refresh.source), ("outcome", refresh.succeeded ? "success" : "failure")], Double(count))
            }
        )
    }

    private static func addModels(_ values: Metrics.Values, to text: inout MetricsText) {
        text.add(
            "gen_ai_client_operation_duration_seconds",
            help: "Calls of models, to the end of the answer; error_type tells those that failed.",
            values.operations.map { ($0.labels, $1) }
        )
        text.add(
            "gen_ai_client_operation_time_to_first_chunk_seconds",
            help: "Time to the first piece of a streamed answer.",
            values.firstChunks.map { ($0.labels, $1) }
        )
        text.add(
            "gen_ai_client_token_usage",
            help: "Tokens of a request, by type.",
            values.tokens.map { ($0.operation.labels + [("gen_ai_token_type", $0.tokenType)], $1) }
        )
        text.add(
            "dial_adapter_upstream_errors_total",
            "counter",
            help: "Calls that the upstream refused, broke off or answered unusably, by type.",
            values.errors.map { ($0.labels, Double($1)) }
        )
        text.add(
            "dial_adapter_upstream_retries_total",
            "counter",
            help: "Attempts after the first.",
            values.retries.map { ($0.labels, Double($1)) }
        )
    }

    private static func addProcess(_ process: ProcessMetrics, to text: inout MetricsText) {
        func gauge(_ name: String, _ help: String, _ value: Double?, type: String = "gauge") {
            text.add(name, type, help: help, value.map { [([], $0)] } ?? [])
        }
        gauge("process_cpu_seconds_total", "CPU time, user and system.", process.cpuSeconds, type: "counter")
        gauge("process_resident_memory_bytes", "Memory that is resident.", process.residentBytes)
        gauge("process_virtual_memory_bytes", "Address space.", process.virtualBytes)
        gauge("process_open_fds", "Open file descriptors.", process.openDescriptors)
        gauge("process_max_fds", "Limit of open file descriptors.", process.maximumDescriptors)
        gauge("process_start_time_seconds", "Start, in Unix seconds.", process.startTime)
    }
}

extension Metrics.Operation {
    fileprivate var labels: MetricsText.Labels {
        [
            ("gen_ai_operation_name", name.rawValue), ("gen_ai_provider_name", provider),
            ("gen_ai_request_model", model),
        ]
    }
}

extension Metrics.Outcome {
    fileprivate var labels: MetricsText.Labels {
        operation.labels + (errorType.map { [("error_type", $0)] } ?? [])
    }
}
