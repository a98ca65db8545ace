import AWS
import HTTPClient

/// One call of a model, ready to be signed and sent.
public struct UpstreamCall: Sendable {
    public var operation: UpstreamOperation
    /// As the operator named it: a model id, a prefixed id or an ARN; not encoded.
    public var modelID: String
    /// JSON.
    public var body: [UInt8]
    /// Of the body, where it was made ahead.
    public private(set) var bodyDigest: SHA256.Digest?
    /// Headers of the operation besides `Content-Type` and those of authentication.
    public var headers: [HTTPHeader]

    public init(operation: UpstreamOperation, modelID: String, body: [UInt8], headers: [HTTPHeader] = []) {
        self.operation = operation
        self.modelID = modelID
        self.body = body
        self.headers = headers
    }

    /// Hashes the body: once for all choices and attempts, wherever that may take its time.
    public mutating func digestBody() {
        bodyDigest = try? SHA256.inlineDigest(of: body.span.bytes)
    }
}
