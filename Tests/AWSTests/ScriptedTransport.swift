import HTTPClient
import HTTPClientTesting
import Synchronization

@testable import AWS

/// Answers requests as a test wants and remembers them.
final class ScriptedTransport: HTTPTransport {
    enum Reply: Sendable {
        case answer(Int, String, headers: [HTTPHeader] = [])
        case failure(HTTPError)
    }

    private let script: @Sendable (HTTPRequest, Int) -> Reply
    private let log = Mutex<[HTTPRequest]>([])
    /// Holds every request back until it is opened.
    private let gate: Gate?

    /// - Parameter script: gets the request and how many came before it.
    init(gate: Gate? = nil, _ script: @escaping @Sendable (HTTPRequest, Int) -> Reply) {
        self.gate = gate
        self.script = script
    }

    /// The replies one after the other; the last one stays.
    convenience init(_ replies: Reply...) {
        self.init { _, index in replies[min(index, replies.count - 1)] }
    }

    var requests: [HTTPRequest] { log.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let index = log.withLock { log in
            log.append(request)
            return log.count - 1
        }
        await gate?.pass()
        switch script(request, index) {
        case .answer(let status, let body, let headers):
            return HTTPResponse(
                status: status,
                headers: HTTPHeaders(headers),
                body: HTTPBody(ScriptedBody(body.isEmpty ? [] : [Array(body.utf8)]))
            )
        case .failure(let error):
            throw error
        }
    }
}

/// Lets tasks wait until a test opens it.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// A clock that stands still until it is moved, and what was slept and noted.
final class FakeWorld: Sendable {
    private let state: Mutex<(now: Double, sleeps: [Duration], notes: [CredentialNote])>

    /// 2025-07-01T12:34:56Z
    static let start = 1_751_373_296.0

    init(now: Double = FakeWorld.start) {
        state = Mutex((now, [], []))
    }

    var now: Double { state.withLock { $0.now } }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }
    var notes: [CredentialNote] { state.withLock { $0.notes } }

    func advance(by seconds: Double) {
        state.withLock { $0.now += seconds }
    }

    func runtime(_ transport: ScriptedTransport, random: Double = 0.5) -> CredentialRuntime {
        CredentialRuntime(
            transport: transport,
            now: { self.now },
            sleep: { duration in self.state.withLock { $0.sleeps.append(duration) } },
            random: { random },
            note: { note in self.state.withLock { $0.notes.append(note) } }
        )
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}

extension AWSCredentials {
    static let longTerm = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")

    static func temporary(_ name: String, expiration: Double) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: name,
            secretAccessKey: "secret-\(name)",
            sessionToken: "token-\(name)",
            expiration: expiration
        )
    }
}

/// `expression` with the cause that it fails with; nil when it does not fail.
func cause(
    of expression: () async throws -> Void
) async -> AWSCredentialError.Cause? {
    do {
        try await expression()
        return nil
    } catch {
        return (error as? AWSCredentialError)?.cause
    }
}
