import Synchronization

@testable import AWS

/// Yields what a test wants, in order, and counts.
final class ScriptedSource: AWSCredentialSource {
    let name = "script"
    private let script: @Sendable (Int) -> Result<AWSCredentials, AWSCredentialError>
    private let loads = Atomic<Int>(0)
    private let gate: Gate?

    init(
        gate: Gate? = nil,
        _ script: @escaping @Sendable (Int) -> Result<AWSCredentials, AWSCredentialError>
    ) {
        self.gate = gate
        self.script = script
    }

    var count: Int { loads.load(ordering: .sequentiallyConsistent) }

    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        let index = loads.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue
        await gate?.pass()
        return try script(index).get()
    }
}
