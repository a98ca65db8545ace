import HTTPClient
import JSON

/// The trace that a request belongs to. Source: W3C Trace Context, level 1.
struct TraceContext: Sendable, Equatable {
    /// 32 hexadecimal digits.
    let traceID: String
    /// 16 hexadecimal digits: the span that the next one hangs under.
    let spanID: String
    /// The flags as they came.
    private let flags: String
    /// `tracestate`, handed on as it came.
    let state: String?

    /// - Returns: nil without a `traceparent`, or with one that is not well-formed.
    init?(parent: String?, state: String?) {
        guard let parent, parent.utf8.count <= Self.byteLimit else { return nil }
        let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHexadecimal(parts[0], 2), parts[0] != "ff",
            // Later versions may add parts, this one has four.
            parts[0] != "00" || parts.count == 4,
            Self.isHexadecimal(parts[1], 32), Self.isHexadecimal(parts[2], 16), Self.isHexadecimal(parts[3], 2),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        traceID = String(parts[1])
        spanID = String(parts[2])
        flags = String(parts[3])
        self.state = state.flatMap { $0.utf8.count > Self.byteLimit ? nil : $0.nonEmpty }
    }

    /// What `tracestate` should have at least; a `traceparent` of today has 55 bytes.
    private static let byteLimit = 512

    /// The headers of a request that belongs to the trace.
    var headers: [HTTPHeader] {
        [HTTPHeader("traceparent", "00-\(traceID)-\(spanID)-\(flags)")]
            + (state.map { [HTTPHeader("tracestate", $0)] } ?? [])
    }

    private static func isHexadecimal(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
