import HTTPClient

extension HTTPHeader {
    /// Asks InvokeModel for the model's answer as JSON; a stream has a header of its own for what is inside its events.
    ///
    /// Source: AWS API reference "InvokeModel", "InvokeModelWithResponseStream: request headers".
    static func acceptingJSON(streaming: Bool) -> HTTPHeader {
        HTTPHeader(streaming ? "x-amzn-bedrock-accept" : "accept", "application/json")
    }
}
