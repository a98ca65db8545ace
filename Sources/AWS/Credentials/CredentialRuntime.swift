import Glibc
import HTTPClient

/// What the credential providers need of the world around them; tests give them a scripted one.
public struct CredentialRuntime: Sendable {
    /// Carries the requests to STS and to the metadata services.
    public var transport: any HTTPTransport
    /// Unix seconds.
    public var now: @Sendable () -> Double
    /// Waits between two attempts. Called from tasks that `spawn` started.
    public var sleep: @Sendable (Duration) async -> Void
    /// Starts a task that outlives the request that asked for it, where `transport` may be used: on its event loop.
    public var spawn: @Sendable (@escaping @Sendable () async -> Void) -> Void
    /// From 0 to 1, for spreading delays.
    public var random: @Sendable () -> Double
    /// Takes what operators should know; the texts hold no secrets.
    public var note: @Sendable (CredentialNote) -> Void
    /// PEM file of the authorities to trust for STS, `AWS_CA_BUNDLE`.
    public var certificateAuthorityFile: String?

    /// By default tasks run on any thread, which a transport that belongs to an event loop does not allow.
    public init(
        transport: any HTTPTransport,
        now: @escaping @Sendable () -> Double = CredentialRuntime.systemTime,
        sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) },
        spawn: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Void = { work in Task { await work() } },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        note: @escaping @Sendable (CredentialNote) -> Void = { _ in },
        certificateAuthorityFile: String? = nil
    ) {
        self.transport = transport
        self.now = now
        self.sleep = sleep
        self.spawn = spawn
        self.random = random
        self.note = note
        self.certificateAuthorityFile = certificateAuthorityFile
    }

    /// The system's clock, in Unix seconds.
    @Sendable public static func systemTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Something about credentials that belongs into the log.
public enum CredentialNote: Sendable, Equatable, CustomStringConvertible {
    /// Credentials were obtained from the named source.
    case obtained(source: String, expiration: Double?)
    /// The attempt failed; unexpired credentials, if there are any, stay in use.
    case refreshFailed(source: String, error: AWSCredentialError, isCovered: Bool)
    /// The metadata service hands out credentials that are about to expire; they are used on.
    case expirationExtended(until: Double)

    /// Whether someone should look into it.
    public var isWarning: Bool {
        if case .obtained = self { false } else { true }
    }

    public var description: String {
        switch self {
        case .obtained(let source, let expiration):
            "Obtained AWS credentials from \(source), "
                + (expiration.map { "valid until \(UTCTime(unixSeconds: Int($0)).extendedISO8601)" } ?? "without expiry")
        case .refreshFailed(let source, let error, let isCovered):
            "Could not obtain AWS credentials from \(source): \(error)"
                + (isCovered ? "; those at hand stay in use" : "")
        case .expirationExtended(let until):
            "The instance metadata service hands out credentials that are about to expire; "
                + "they are used on until \(UTCTime(unixSeconds: Int(until)).extendedISO8601)"
        }
    }
}
