import Synchronization

/// What all event loops share: how much is under way, and whether the program is on its way out.
final class GatewayState: Sendable {
    private let inFlight = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)
    private let warnedDeployments = Mutex<Set<String>>([])
    private static let warningLimit = 1000

    init() {}

    /// Requests to deployments that are under way.
    var requestsInFlight: Int { inFlight.load(ordering: .relaxed) }

    /// True for good from the first signal on; `/ready` then answers 503.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Cannot be taken back. From any thread.
    func startDraining() {
        draining.store(true, ordering: .relaxed)
    }

    /// Whether a deployment is worth a warning: once for each id, up to ``warningLimit`` ids.
    func shouldWarn(of deploymentID: String) -> Bool {
        warnedDeployments.withLock { ids in
            ids.count < Self.warningLimit && ids.insert(deploymentID).inserted
        }
    }

    /// Counts a request in; false when the limit is reached.
    func begin(limit: Int) -> Bool {
        if inFlight.add(1, ordering: .relaxed).newValue <= limit { return true }
        end()
        return false
    }

    func end() {
        inFlight.subtract(1, ordering: .relaxed)
    }
}
