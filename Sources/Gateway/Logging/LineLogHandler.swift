import Glibc
import JSON
import Logging

/// How log lines look.
public enum LogFormat: Sendable { case text, json }

/// One line per message on standard error.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let format: LogFormat

    public init(label: String, level: Logger.Level, format: LogFormat) {
        self.label = label
        self.logLevel = level
        self.format = format
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        Self.write(line(event.level, "\(event.message)", fields.map { ($0.key, "\($0.value)") }))
    }

    /// - Parameter fields: in the order in which they are to appear.
    func line(_ level: Logger.Level, _ message: String, _ fields: [(String, String)]) -> [UInt8] {
        switch format {
        case .text:
            var text = "\(level.name) | \(Self.time(separator: " ")) | \(label) | \(getpid()) | \(message)"
            for (name, value) in fields { text += " \(name)=\(value)" }
            return Self.escaped(text)
        case .json:
            var writer = JSONWriter()
            writer.beginObject()
            let constant = [
                ("level", level.name), ("time", Self.time(separator: "T") + "Z"), ("logger", label), ("message", message),
            ]
            for (name, value) in constant + fields {
                writer.key(name)
                writer.string(value)
            }
            writer.endObject()
            return writer.bytes + [0x0A]
        }
    }

    /// Control characters would let a client write lines of its own.
    private static func escaped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 1)
        for byte in text.utf8 {
            if byte >= 0x20, byte != 0x7F { bytes.append(byte) } else { bytes.append(0x20) }
        }
        bytes.append(0x0A)
        return bytes
    }

    private static func write(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func time(separator: String) -> String {
        var now = time_t(0)
        Glibc.time(&now)
        var parts = tm()
        gmtime_r(&now, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))\(separator)"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}

extension Logger.Level {
    var name: String { self == .warning ? "WARNING" : rawValue.uppercased() }
}
