/// Why a request failed. Texts name host and cause, never the URL's query or credentials.
public enum HTTPError: Error, Sendable, Equatable {
    /// The request is not fit to be sent, or libcurl cannot take another one.
    case invalidRequest(String)
    case hostNotFound(String)
    case connectFailed(String)
    case connectTimeout(String)
    case tls(String)
    /// Nothing came for the idle timeout, or not all within the total timeout.
    case timeout
    /// The connection broke before the end of the response.
    case connectionLost(String)
    /// The address that the request's policy ruled out.
    case addressNotAllowed(String)
    /// Bytes that the reader of the body allowed.
    case tooLarge(limit: Int)
    case protocolError(String)
    /// No turn came in time; nothing was sent.
    case poolExhausted
    /// As many names of hosts that clients chose are being looked up as may be; nothing was sent.
    case tooManyLookups
    /// The task was cancelled, or the body was let go of.
    case cancelled
}
