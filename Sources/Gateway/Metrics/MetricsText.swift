/// Writes values in Prometheus's text format, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    typealias Labels = [(name: String, value: String)]

    /// - Parameter samples: of one family, in any order; written by label values, so that two scrapes can be compared.
    mutating func add(_ name: String, _ type: String, help: String, _ samples: [(Labels, Double)]) {
        guard !samples.isEmpty else { return }
        head(name, type, help)
        for (labels, value) in samples.sorted(by: { Self.rendered($0.0) < Self.rendered($1.0) }) {
            line(name, labels, Self.number(value))
        }
    }

    mutating func add(_ name: String, help: String, _ histograms: [(Labels, Histogram)]) {
        guard !histograms.isEmpty else { return }
        head(name, "histogram", help)
        for (labels, histogram) in histograms.sorted(by: { Self.rendered($0.0) < Self.rendered($1.0) }) {
            var below: UInt64 = 0
            for (bound, count) in zip(histogram.bounds, histogram.counts) {
                below += count
                line("\(name)_bucket", labels + [("le", Self.number(bound))], String(below))
            }
            line("\(name)_bucket", labels + [("le", "+Inf")], String(histogram.count))
            line("\(name)_sum", labels, Self.number(histogram.sum))
            line("\(name)_count", labels, String(histogram.count))
        }
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
        text += "\(name)\(Self.rendered(labels)) \(value)\n"
    }

    private static func rendered(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C || $0 == 0x0A }) else { return value }
        return value.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func number(_ value: Double) -> String {
        value.rounded() == value && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }
}
