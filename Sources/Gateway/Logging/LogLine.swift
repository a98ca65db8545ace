import AWS
import Glibc
import JSON
import Logging
import Synchronization

/// How log lines look.
enum LogFormat: Sendable { case text, json }

/// One line of the log: appended to field by field, without strings in between.
struct LogLine {
    private let format: LogFormat
    private(set) var bytes: [UInt8] = []

    init(_ format: LogFormat, level: Logger.Level, label: String, message: String) {
        self.format = format
        bytes.reserveCapacity(512)
        switch format {
        case .text:
            append(level.rawValue.uppercased())
            append(" | ")
            LogClock.append(to: &bytes, separator: UInt8(ascii: " "))
            append(" | ")
            append(label)
            append(" | ")
            append(LogClock.process)
            append(" | ")
            appendEscaped(message)
        case .json:
            append(#"{"level":""#)
            append(level.rawValue.uppercased())
            append(#"","time":""#)
            LogClock.append(to: &bytes, separator: UInt8(ascii: "T"))
            append(#"Z","logger":""#)
            append(label)
            append(#"","process":"#)
            append(LogClock.process)
            append(#","message":"#)
            JSONWriter.appendQuoted(message, to: &bytes)
        }
    }

    mutating func add(_ name: String, _ value: String) {
        switch format {
        case .text:
            append(" ")
            append(name)
            append("=")
            appendValue(value)
        case .json:
            append(",")
            JSONWriter.appendQuoted(name, to: &bytes)
            append(":")
            JSONWriter.appendQuoted(value, to: &bytes)
        }
    }

    /// - Parameter literal: a number or a truth value, as JSON writes it.
    mutating func add(_ name: String, literal: String) {
        guard format == .json else { return add(name, literal) }
        append(",")
        JSONWriter.appendQuoted(name, to: &bytes)
        append(":")
        append(literal)
    }

    consuming func write() {
        let format = format
        LogOutput.write(finished()) { count in
            let text = "Nobody read this log; lines dropped: \(count)"
            return LogLine(format, level: .warning, label: "bedrock-adapter", message: text).finished()
        }
    }

    private consuming func finished() -> [UInt8] {
        append(format == .json ? "}\n" : "\n")
        return bytes
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// In quotation marks where blanks and equals signs would let a client write fields of its own.
    private mutating func appendValue(_ text: String) {
        let isPlain = text.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"")
        }
        guard !isPlain else { return append(text) }
        append("\"")
        appendEscaped(text, quoted: true)
        append("\"")
    }

    /// Control characters and line ends of any script would let a client write lines of its own.
    private mutating func appendEscaped(_ text: String, quoted: Bool = false) {
        if !quoted, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return append(text) }
        for scalar in text.unicodeScalars {
            if quoted, scalar == "\\" || scalar == "\"" { append("\\") }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: append(" ")
            default: append(String(scalar))
            }
        }
    }
}

/// Time and process of a line, computed as seldom as they change.
private enum LogClock {
    static let process = String(getpid())

    private struct Second {
        var unix: time_t = -1
        /// `YYYY-MM-DD` and `hh:mm:ss`
        var date: [UInt8] = []
        var time: [UInt8] = []
    }

    private static let current = Mutex(Second())

    static func append(to bytes: inout [UInt8], separator: UInt8) {
        let now = Glibc.time(nil)
        let (date, time) = current.withLock { second in
            if second.unix != now { second = render(now) }
            return (second.date, second.time)
        }
        bytes.append(contentsOf: date)
        bytes.append(separator)
        bytes.append(contentsOf: time)
    }

    private static func render(_ unix: time_t) -> Second {
        let text = Array(UTCTime(unixSeconds: unix).extendedISO8601.utf8)
        return Second(unix: unix, date: Array(text[..<10]), time: Array(text[11..<19]))
    }
}
