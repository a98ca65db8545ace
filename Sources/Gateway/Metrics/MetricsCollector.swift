import Bedrock
import EventLoop
import HTTPClient

/// Gathers what all loops counted.
struct MetricsCollector: Sendable {
    let workers: [Worker]
    let state: GatewayState
    let serviceName: String

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
