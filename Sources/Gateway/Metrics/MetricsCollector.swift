import Bedrock
import EventLoop
import HTTPClient

/// Gathers what all loops counted.
final class MetricsCollector: Sendable {
    private let workers: [Worker]
    private let state: GatewayState
    private let serviceName: String

    init(workers: [Worker], state: GatewayState, serviceName: String) {
        self.workers = workers
        self.state = state
        self.serviceName = serviceName
    }

    /// Asks each loop for a copy of its values, on its own thread.
    func report() async -> String {
        var sum = Metrics.Values()
        for worker in workers {
            sum.merge(
                await withUnsafeContinuation { continuation in
                    worker.loop.execute { continuation.resume(returning: worker.metricValues()) }
                }
            )
        }
        return MetricsReport.text(
            sum,
            process: ProcessMetrics.now(),
            requestsInFlight: state.requestsInFlight,
            isDraining: state.isDraining,
            serviceName: serviceName
        )
    }
}
