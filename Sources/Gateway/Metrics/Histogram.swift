/// Counts of values by size, as Prometheus keeps them.
struct Histogram: Sendable, Equatable {
    /// Upper bounds of the buckets, ascending; a last bucket holds what is above them.
    let bounds: [Double]
    private(set) var counts: [UInt64]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    var count: UInt64 { counts.reduce(0, +) }

    mutating func record(_ value: Double) {
        // Few buckets, and most values lie in the lower ones.
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// - Parameter right: of the same bounds.
    static func + (left: Histogram, right: Histogram) -> Histogram {
        var result = left
        for index in result.counts.indices { result.counts[index] += right.counts[index] }
        result.sum += right.sum
        return result
    }
}

extension Histogram {
    /// Milliseconds of requests; the bounds of OpenTelemetry's older HTTP conventions.
    static let requestMilliseconds: [Double] = [
        0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
    ]
    /// Seconds of model calls. Source: OpenTelemetry, "gen_ai.client.operation.duration".
    static let operationSeconds: [Double] = [
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ]
    /// Seconds to the first piece of an answer. Source: OpenTelemetry, "gen_ai.server.time_to_first_token".
    static let firstChunkSeconds: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
    /// Tokens. Source: OpenTelemetry, "gen_ai.client.token.usage".
    static let tokens: [Double] = [
        1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
    ]
}
