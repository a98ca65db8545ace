import DIAL
import HTTPClient
import JSON

/// Reads typed values from the environment. An empty value counts as absent; a malformed one is an error that names the
/// variable, and all of them are reported together.
struct EnvironmentReader {
    let variables: [String: String]
    private(set) var problems: [String] = []
    /// The names that were read.
    private var known: Set<String> = []

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    mutating func string(_ name: String) -> String? {
        known.insert(name)
        return variables[name]?.nonEmpty
    }

    /// Names of the program's own kind that nothing has read: misspelled, most likely.
    var unread: [String] {
        variables.keys.filter { name in
            guard name.hasPrefix("DIAL_ADAPTER_"), !known.contains(name) else { return false }
            // Kubernetes tells the addresses of a Service `dial-adapter` so.
            return !["SERVICE_", "PORT"].contains(where: name.dropFirst("DIAL_ADAPTER_".count).hasPrefix)
        }.sorted()
    }

    mutating func integer(_ name: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        number("a whole number", name, value, range)
    }

    mutating func seconds(_ name: String, default value: Double, in range: ClosedRange<Double>) -> Double {
        number("seconds", name, value, range)
    }

    private mutating func number<Number: LosslessStringConvertible>(
        _ kind: String,
        _ name: String,
        _ value: Number,
        _ range: ClosedRange<Number>
    ) -> Number {
        guard let text = string(name) else { return value }
        // Blanks around a number are read over, as by Python's `int()`.
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let number = Number(String(words[0])), range.contains(number) else {
            problems.append("\(name) is '\(text)'; set it to \(kind) from \(range.lowerBound) to \(range.upperBound)")
            return value
        }
        return number
    }

    /// Values between commas, blanks around them removed, in lower case.
    mutating func list(_ name: String) -> [String] {
        (string(name) ?? "").split(separator: ",")
            .map { $0.split(separator: " ").joined(separator: " ").lowercased() }
            .filter { !$0.isEmpty }
    }

    /// In lower case, without blanks around it.
    private mutating func word(_ name: String) -> String? {
        string(name)?.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ").nonEmpty
    }

    mutating func flag(_ name: String, default value: Bool) -> Bool {
        guard let text = word(name) else { return value }
        if ["1", "true", "yes", "on"].contains(text) { return true }
        if !["0", "false", "no", "off"].contains(text) {
            problems.append("\(name) is '\(text)'; set it to true or false")
        }
        return false
    }

    mutating func choice<Value>(_ name: String, default value: Value, _ choices: [(String, Value)]) -> Value {
        guard let text = word(name) else { return value }
        guard let match = choices.first(where: { $0.0.lowercased() == text }) else {
            problems.append("\(name) is '\(text)'; set it to one of \(choices.map(\.0).joined(separator: ", "))")
            return value
        }
        return match.1
    }

    mutating func url(_ name: String) -> String? {
        guard var text = string(name) else { return nil }
        guard Self.isBase(text) else {
            problems.append("\(name) is not a URL; set it to one such as https://host:8080/path, without a query")
            return nil
        }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// An address that paths can be put behind.
    private static func isBase(_ text: String) -> Bool {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }),
            let url = try? URLReference(text)
        else { return false }
        return !url.host.isEmpty && url.query == nil
    }

    /// Networks separated by commas.
    mutating func networks(_ name: String) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        for part in string(name)?.split(separator: ",") ?? [] {
            let text = part.filter { $0 != " " }
            if let network = IPNetwork(text) {
                networks.append(network)
            } else {
                problems.append("\(name) has '\(text)'; set it to networks such as 10.20.0.0/16, separated by commas")
            }
        }
        return networks
    }

    mutating func report(_ problem: String) {
        problems.append(problem)
    }
}
