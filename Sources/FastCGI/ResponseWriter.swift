/// Frames answers, one after the other or many side by side. Used on the loop's thread.
protocol ResponseWriter: AnyObject {
    /// Sends a piece of an answer: `head` and `bytes`, together no more than `ResponseStream.pieceLimit`.
    /// - Parameter isLast: whether to tell the web server that the answer is whole, in the same system call where it fits.
    /// - Returns: false when the socket did not take it all; the connection is of no more use then.
    func write(_ head: [UInt8], _ bytes: UnsafeRawBufferPointer, to target: ResponseTarget, isLast: Bool) -> Bool
}

/// Where an answer goes.
struct ResponseTarget {
    let socket: Int32
    /// FastCGI's id of the request.
    let requestID: UInt16
}
