/// Limits of one request.
public struct FastCGILimits: Sendable {
    /// Bytes of names, values and their framing together; more ends the connection.
    public var parameters: Int
    /// Bytes; more are read and dropped, and the request marked as too large.
    public var body: Int
    /// Bytes of all bodies that a server holds at a time; more stay with the web server, unread.
    public var allBodies: Int
    /// A request of which nothing more came for this long is given up with its connection.
    public var silence: Duration

    public init(
        parameters: Int = 256 * 1024,
        body: Int = 64 * 1024 * 1024,
        allBodies: Int = 1024 * 1024 * 1024,
        silence: Duration = .seconds(60)
    ) {
        self.parameters = parameters
        self.body = body
        self.allBodies = allBodies
        self.silence = silence
    }
}
