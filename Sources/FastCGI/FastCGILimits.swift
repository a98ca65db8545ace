/// Limits of a request, and of what a server holds of all of them.
public struct FastCGILimits: Sendable {
    /// Bytes of names, values and their framing together; more ends the connection.
    public var parameters: Int
    /// Bytes; more are read and dropped, and the request marked as too large.
    public var body: Int
    /// Bytes that a server holds at a time of all requests whose bodies are still needed; more stay with the web server.
    public var heldBytes: Int
    /// How long a body stays there; then it is read and dropped, and the request marked.
    public var patience: Duration
    /// A request of which nothing more came for this long is given up with its connection.
    public var silence: Duration

    public init(
        parameters: Int = 256 * 1024,
        body: Int = 64 * 1024 * 1024,
        heldBytes: Int = 1024 * 1024 * 1024,
        patience: Duration = .seconds(10),
        silence: Duration = .seconds(60)
    ) {
        self.parameters = parameters
        self.body = body
        self.heldBytes = heldBytes
        self.patience = patience
        self.silence = silence
    }
}
