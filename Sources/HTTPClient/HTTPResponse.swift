/// The head of a response, and its body to be read.
public struct HTTPResponse: Sendable {
    /// Interim responses such as 100 are passed over.
    public let status: Int
    /// In the order they came; trailers are dropped.
    public let headers: HTTPHeaders
    /// To be read or let go of: the transfer lasts as long as this.
    public let body: HTTPBody

    public init(status: Int, headers: HTTPHeaders, body: HTTPBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
