/// Frames the answer to one request after the other. Used on the loop's thread.
protocol ResponseWriter: AnyObject {
    /// Begins the answer to a request.
    /// - Returns: whether that worked; the same holds for the others.
    func begin(_ scanned: ScannedRequest) -> Bool

    /// Puts bytes into the buffer, which is written when full (8,184 bytes) or flushed.
    func put(_ bytes: UnsafeRawBufferPointer) -> Bool

    func flush() -> Bool

    /// Writes what is left and whatever tells the web server that the answer is whole.
    func end() -> Bool

    /// Frees what belongs to the finished request; the socket stays open.
    func reset()
}
