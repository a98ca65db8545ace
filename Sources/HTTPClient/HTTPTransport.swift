/// Something that sends HTTP requests: the client, or a test's script.
public protocol HTTPTransport: Sendable {
    /// Returns when the head of the response is there; the body follows.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
