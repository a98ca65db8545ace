import AWS
import JSON

extension UpstreamError {
    /// The error that a message of an event stream carries, or nil when it is an event.
    ///
    /// Source: AWS API reference "ConverseStream", "InvokeModelWithResponseStream": the exceptions of the stream.
    public init?(_ message: EventStreamMessage, operation: UpstreamOperation) {
        switch message.kind {
        case .exception:
            let code = message.string(":exception-type")?.word ?? "unknown"
            let payload = try? JSON(parsing: message.payload)
            self.init(
                kind: .stream,
                status: Self.streamExceptionStatus(code),
                code: code,
                message: payload.map(Self.words) ?? "",
                operation: operation.name
            )
        case .error:
            self.init(
                kind: .stream,
                status: 500,
                code: message.string(":error-code")?.word ?? "unknown",
                message: message.string(":error-message") ?? "",
                operation: operation.name
            )
        case .event, .other:
            return nil
        }
    }

    /// The status that stands for an exception inside a stream.
    private static func streamExceptionStatus(_ name: String) -> Int {
        switch name.word?.lowercased() {
        case "internalserverexception": 500
        case "modelstreamerrorexception": 424
        case "modeltimeoutexception": 408
        case "serviceunavailableexception": 503
        case "throttlingexception": 429
        case "validationexception": 400
        default: 500
        }
    }
}
