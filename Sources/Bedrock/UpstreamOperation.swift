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
        switch self {
        case .converse: "/model/\(Self.segment(modelID))/converse"
        case .converseStream: "/model/\(Self.segment(modelID))/converse-stream"
        case .invokeModel: "/model/\(Self.segment(modelID))/invoke"
        case .invokeModelWithResponseStream: "/model/\(Self.segment(modelID))/invoke-with-response-stream"
        case .anthropicMessages: "/v1/messages"
        }
    }

    static func segment(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
