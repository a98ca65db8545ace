import Synchronization

/// How far the clocks of AWS hosts are from ours, learnt from refused signatures.
///
/// A request signed with a wrong time is refused with 403; the `Date` header of that answer tells the right one.
public final class ClockOffsets: Sendable {
    /// One for the process: what one refusal taught helps every later call. Safe to use from any thread.
    public static let shared = ClockOffsets()

    /// Differences below this many seconds do not explain a refusal.
    static let significant = 60.0
    private static let capacity = 256
    private let offsets = Mutex<[String: Double]>([:])

    /// Knows no offsets.
    public init() {}

    /// Seconds to add to the local time when signing for `host`.
    public func offset(forHost host: String) -> Double {
        offsets.withLock { $0.isEmpty ? 0 : $0[host.lowercased()] ?? 0 }
    }

    /// Whether an error code may mean that the clock is wrong.
    public static func mayBeSkew(code: String) -> Bool {
        switch code {
        case "InvalidSignatureException", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "RequestExpired",
            "RequestInTheFuture", "AuthFailure":
            true
        default: false
        }
    }

    /// Takes note of the time that `host` answered with.
    /// - Parameters:
    ///   - date: value of the answer's `Date` header.
    ///   - unixSeconds: the local time of that answer, uncorrected.
    /// - Returns: whether the offset changed by more than a minute, so that signing again may help.
    public func learn(host: String, date: String?, unixSeconds: Double) -> Bool {
        guard let date, let remote = UTCTime.unixSeconds(httpDate: date) else { return false }
        let offset = remote - unixSeconds
        return offsets.withLock { offsets in
            let key = host.lowercased()
            guard abs(offset - (offsets[key] ?? 0)) > Self.significant else { return false }
            if offsets.count >= Self.capacity { offsets.removeAll() }
            offsets[key] = offset
            return true
        }
    }
}
