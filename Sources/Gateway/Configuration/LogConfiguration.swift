import Logging

/// What is logged, and how. docs/operations.md, "Logs".
struct LogConfiguration: Sendable {
    /// Of what concerns the models and the program.
    let level: Logger.Level
    /// Of what concerns the DIAL API and its connections rather than the models.
    let protocolLevel: Logger.Level
    let format: LogFormat

    init(_ reader: inout EnvironmentReader) {
        level = reader.choice("LOG_LEVEL", default: .info, Self.levels)
        let sdkLevel = reader.choice("AIDIAL_LOG_LEVEL", default: .warning, Self.levels)
        protocolLevel = reader.choice("DIAL_SDK_LOG", default: sdkLevel, Self.levels)
        format = reader.choice("DIAL_SDK_LOG_FORMAT", default: .text, [("text", .text), ("json", .json)])
    }

    func makeLogger(_ label: String, _ level: Logger.Level) -> Logger {
        Logger(label: label) { [format] label in LineLogHandler(label: label, level: level, format: format) }
    }

    private static let levels: [(String, Logger.Level)] = [
        ("TRACE", .trace), ("DEBUG", .debug), ("INFO", .info), ("WARNING", .warning), ("WARN", .warning),
        ("ERROR", .error), ("CRITICAL", .critical),
    ]
}
