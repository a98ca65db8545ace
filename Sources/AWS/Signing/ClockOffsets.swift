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
    ///   - signedOffset: what was added to the local time when the refused request was signed. Calls that ran side by side
    ///     are all refused, and the first to return must not cost the others their second attempt.
    /// - Returns: whether the request was signed for a time more than a minute off, so that signing again may help.
    public func learn(host: String, date: String?, unixSeconds: Double, signedOffset: Double) -> Bool {
        guard let date, let remote = UTCTime.unixSeconds(httpDate: date) else { return false }
        let offset = remote - unixSeconds
        guard abs(offset - signedOffset) > Self.significant else { return false }
        offsets.withLock { offsets in
            if offsets.count >= Self.capacity { offsets.removeAll() }
            offsets[host.lowercased()] = offset
        }
        return true
    }
}
