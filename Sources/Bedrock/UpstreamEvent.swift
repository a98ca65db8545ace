import AWS
import HTTPClient

/// What comes back from a call that was accepted (status 2xx), in order.
public enum UpstreamEvent: Sendable {
    /// A message of an `application/vnd.amazon.eventstream` body.
    case message(EventStreamMessage)
    /// An event of a `text/event-stream` body.
    case serverSent(event: String?, data: [UInt8])
    /// The whole body of an operation that does not stream.
    case whole(body: [UInt8], headers: HTTPHeaders)
}
