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
    public var method: String
    /// Absolute, `http` or `https`, sent as it is spelt.
    public var url: String
    public var headers: [HTTPHeader]
    public var body: [UInt8]
    /// TCP and TLS together.
    public var connectTimeout: Duration = .seconds(5)
    /// The longest silence: before the first byte, and between two.
    public var idleTimeout: Duration = .seconds(600)
    /// All in all; nil for no limit.
    public var totalTimeout: Duration?
    /// Whether `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment apply.
    public var useProxy = true
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
    public let status: Int
    public let headers: HTTPHeaders
    public let body: HTTPBody

    public init(status: Int, headers: HTTPHeaders, body: HTTPBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why a request failed. Texts name host and cause, never the URL's query or credentials.
public enum HTTPError: Error, Sendable, Equatable {
    case invalidRequest(String)
    case hostNotFound(String)
    case connectFailed(String)
    case connectTimeout(String)
    case tls(String)
    /// Nothing came for the idle timeout, or not all within the total timeout.
    case timeout
    case connectionLost(String)
    case addressNotAllowed(String)
    case tooLarge(limit: Int)
    case protocolError(String)
    case poolExhausted
    case cancelled
}

/// Something that sends HTTP requests: the client, or a test's script.
public protocol HTTPTransport: Sendable {
    /// Returns when the head of the response is there; the body follows.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
