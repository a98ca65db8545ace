import AWS

/// The operations the adapter calls.
///
/// Source: AWS API reference "Amazon Bedrock Runtime", Anthropic API reference "Messages".
public enum UpstreamOperation: Sendable, Hashable {
    case converse, converseStream
    case invokeModel, invokeModelWithResponseStream
    /// The API of Anthropic itself, not of Bedrock.
    case anthropicMessages(stream: Bool)

    /// The name AWS gives the operation, as error messages quote it.
    public var name: String {
        switch self {
        case .converse: "Converse"
        case .converseStream: "ConverseStream"
        case .invokeModel: "InvokeModel"
        case .invokeModelWithResponseStream: "InvokeModelWithResponseStream"
        case .anthropicMessages: "Messages"
        }
    }

    /// Whether the answer comes as events.
    public var isStreaming: Bool {
        switch self {
        case .converseStream, .invokeModelWithResponseStream, .anthropicMessages(stream: true): true
        case .converse, .invokeModel, .anthropicMessages(stream: false): false
        }
    }

    /// The path of the request. The model id is one segment of it: everything but RFC 3986's unreserved characters is
    /// percent-encoded, the slashes of ARNs too.
    public func path(modelID: String) -> String {
        let end =
            switch self {
            case .converse: "/converse"
            case .converseStream: "/converse-stream"
            case .invokeModel: "/invoke"
            case .invokeModelWithResponseStream: "/invoke-with-response-stream"
            case .anthropicMessages: nil as String?
            }
        guard let end else { return "/v1/messages" }
        return "/model/" + PercentEncoding.pathSegment(modelID) + end
    }
}
