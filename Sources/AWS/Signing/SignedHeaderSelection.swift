/// Which headers of a request the signature covers. `host` always is.
public enum SignedHeaderSelection: Sendable {
    /// What AWS needs and nothing that an HTTP library may add or change: `content-type`, `x-amz-*`,
    /// `x-amzn-bedrock-*`, and `accept` on InvokeModel.
    case essential
    /// Everything but the headers that belong to one connection or that proxies change, as botocore does.
    case all

    /// - Parameters:
    ///   - name: lower case.
    ///   - path: the path of the request, which tells InvokeModel.
    func includes(_ name: String, path: @autoclosure () -> String) -> Bool {
        switch self {
        case .essential:
            switch name {
            case "content-type": true
            case "accept": path().hasSuffix("/invoke")
            default: name.hasPrefix("x-amz-") || name.hasPrefix("x-amzn-bedrock-")
            }
        case .all:
            !Self.neverSigned.contains(name)
        }
    }

    private static let neverSigned: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]
}
