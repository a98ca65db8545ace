import AWS
import JSON

/// Event-stream frames of ConverseStream and InvokeModelWithResponseStream.
///
/// Source: Bedrock API reference, ConverseStreamOutput and ResponseStream; Smithy, "Amazon Event Stream Specification".
enum EventFrame {
    static func event(_ type: String, _ payload: JSONObject, padded index: Int? = nil) -> [UInt8] {
        var payload = payload
        if let index { payload["p"] = .string(padding(index)) }
        return frame(event: type, payload: JSON.object(payload).serialized())
    }

    /// The model's own event inside `chunk`.
    static func chunk(_ event: JSON, padded index: Int = 0) -> [UInt8] {
        chunk(bytes: event.serialized(), padded: index)
    }

    static func chunk(bytes: [UInt8], padded index: Int = 0) -> [UInt8] {
        self.event("chunk", ["bytes": .string(Base64.encode(bytes))], padded: index)
    }

    static func frame(event type: String, payload: [UInt8]) -> [UInt8] {
        EventStreamEncoder.encode(
            headers: [(":event-type", type), (":content-type", "application/json"), (":message-type", "event")],
            payload: payload
        )
    }

    static func exception(_ type: String, _ payload: JSON) -> [UInt8] {
        EventStreamEncoder.encode(
            headers: [
                (":exception-type", type), (":content-type", "application/json"), (":message-type", "exception"),
            ],
            payload: payload.serialized()
        )
    }

    static func error(code: String, message: String) -> [UInt8] {
        EventStreamEncoder.encode(
            headers: [(":error-code", code), (":error-message", message), (":message-type", "error")],
            payload: []
        )
    }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    /// The service pads events to hide their lengths; here the padding follows from the event's place.
    static func padding(_ index: Int) -> String {
        String(alphabet.prefix(1 + (index &* 37 &+ 11) % alphabet.count))
    }
}
