/// Follows the bytes of one connection to know when a request is complete, without ever waiting for one. No I/O.
protocol RequestScanner {
    /// Between two requests, with nothing of the next one seen.
    var isIdle: Bool { get }

    /// Bytes of the body that is being read, as announced, 0 where they are not; nil between bodies, and for one that is dropped.
    var announcedBody: Int? { get }

    /// Prepares for that many: a body that grows is copied again and again.
    mutating func reserveBody(_ bytes: Int)

    /// There is no room for the body that is being read.
    mutating func dropBody()

    /// Consumes bytes up to the next event, or all of them.
    mutating func scan(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> RequestEvent?

    /// The answer to the running request is complete; the next one may come.
    mutating func responseIsComplete()
}

/// What a scanner found.
enum RequestEvent: Equatable {
    case request(ScannedRequest)
    /// The web server no longer wants the answer to the running request.
    case aborted
    /// A FastCGI management record that the specification wants answered.
    case management(type: UInt8)
    /// The peer broke the protocol: the connection is of no further use.
    case violation(String)
}

/// A whole request as it came in.
struct ScannedRequest: Equatable {
    /// FastCGI's request id.
    var id: UInt16 = 0
    var keepsConnection: Bool
    var parameters = RequestParameters()
    var body: [UInt8] = []
    /// What is wrong with the body; but for an incomplete one it was read and dropped.
    var bodyFault: BodyFault?
}

/// Why a body is of no use.
public enum BodyFault: Sendable {
    /// Less came than the web server announced: it gave up in the middle.
    case incomplete
    /// It is over the limit of a body.
    case tooLarge
    /// Others took all the room that there is, for longer than one waits.
    case noRoom
}
