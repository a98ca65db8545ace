import JSON

// MARK: - Streams that go wrong

extension FaultyStream {
    static func messages(_ transport: MessagesTransport) -> FaultyStream {
        let delta: JSON = [
            "type": "content_block_delta", "index": 0, "delta": ["type": "text_delta", "text": "never seen"],
        ]
        let broken = Array("{\"type\": \"content_block".utf8)
        return FaultyStream(
            sample: transport.frame(delta),
            notJSON: transport.isBedrock
                ? EventFrame.chunk(bytes: broken)
                : MessagesTransport.serverSent("content_block_delta", broken),
            unknownEvents: unknownEvents.map { transport.frame($0) }
                + (transport.isBedrock
                    ? [EventFrame.event("somethingNew", ["anything": [1]])]
                    : [Array(": a comment\nretry: 10\n\n".utf8)]),
            isBinary: transport.isBedrock,
            failure: { failure in transport.failure(failure) }
        )
    }

    private static let unknownEvents: [JSON] = [
        ["type": "something_new", "anything": ["goes": [1, 2.5, .null]]],
        ["type": "content_block_start", "index": 90, "content_block": ["type": "hologram", "volume": "…"]],
        ["type": "content_block_delta", "index": 90, "delta": ["type": "hologram_delta", "volume": "…"]],
        ["type": "content_block_stop", "index": 90],
        ["type": "content_block_delta", "index": 0, "delta": ["type": "hologram_delta"], "future": true],
        ["type": "ping"],
    ]
}

extension MessagesTransport {
    fileprivate func failure(_ failure: Fault.Failure) -> [UInt8] {
        switch (self, failure) {
        // The error of the model itself is an event like any other, also on Bedrock.
        case (_, .overloaded): frame(AnthropicError.overloaded.json)
        case (.bedrock, .exception(let type, let payload)): EventFrame.exception(type, .object(payload))
        case (.bedrock, .errorMessage(let code, let message)): EventFrame.error(code: code, message: message)
        case (.anthropic, .exception(let type, let payload)):
            frame(Self.error(exception: type, message: payload["message"]?.stringValue ?? "").json)
        case (.anthropic, .errorMessage(_, let message)):
            frame(AnthropicError(status: 500, type: "api_error", message: message).json)
        }
    }

    /// Anthropic's error that means what an exception of AWS means.
    private static func error(exception: String, message: String) -> AnthropicError {
        let status =
            switch exception {
            case "throttlingException": 429
            case "validationException": 400
            case "serviceUnavailableException": 503
            case "modelTimeoutException": 408
            default: 500
            }
        return AnthropicError(AWSError(status: status, type: exception, message: message))
    }
}
