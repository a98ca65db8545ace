/// One header field.
public struct HTTPHeader: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Which addresses a request may connect to.
public enum AddressPolicy: Sendable, Equatable {
    case any
    /// Publicly routable addresses, and those of networks that the operator allows; decided on the address that is
    /// connected to, after DNS.
    case publicOnly(besides: [IPNetwork] = [])
}

/// A request to an upstream.
public struct HTTPRequest: Sendable {
    /// In upper case.
    public var method: String
    /// Absolute, `http` or `https`, sent as it is spelt.
    public var url: String
    /// A name may come again; a line break in a value makes the request invalid.
    public var headers: [HTTPHeader]
    /// Sent with its length, and not at all with `GET`.
    public var body: [UInt8]
    /// TCP and TLS together.
    public var connectTimeout: Duration = .seconds(5)
    /// The longest silence: before the first byte, and between two.
    public var idleTimeout: Duration = .seconds(600)
    /// All in all; nil for no limit.
    public var totalTimeout: Duration?
    /// Whether `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment apply.
    public var useProxy = true
    /// Anything but `any` gets a connection of its own, which is not kept.
    public var addressPolicy = AddressPolicy.any
    /// Bytes read from the upstream at a time; they are held for as long as the transfer lasts.
    public var receiveBuffer = 16 * 1024
    /// A PEM file in place of the system's certificate authorities.
    public var certificateAuthorityFile: String?

    public init(method: String, url: String, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

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

/// Something that sends HTTP requests: the client, or a test's script.
public protocol HTTPTransport: Sendable {
    /// Returns when the head of the response is there; the body follows.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
