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
