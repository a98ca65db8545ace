import JSON

extension MessagesTransport {
    /// One event: on Bedrock a `chunk` that holds it in base64, at Anthropic an event of SSE.
    func frame(_ event: JSON, padded index: Int = 0) -> [UInt8] {
        let data = event.serialized()
        switch self {
        case .bedrock: return EventFrame.chunk(bytes: data, padded: index)
        case .anthropic: return Self.serverSent(event["type"]?.stringValue ?? "", data)
        }
    }

    static func serverSent(_ name: String, _ data: [UInt8]) -> [UInt8] {
        Array("event: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
    }
}
