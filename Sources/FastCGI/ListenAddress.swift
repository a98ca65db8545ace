/// Where the program listens and what is spoken there, as given on the command line.
public struct ListenAddress: Sendable, Equatable {
    /// What is listened at.
    public enum Socket: Sendable, Equatable {
        case unix(path: String)
        case tcp(host: String, port: UInt16)
        /// A listening socket that the parent process opened: 0 for web servers and spawn-fcgi, 3 for systemd.
        case descriptor(Int32)
    }

    public let socket: Socket
    public let applicationProtocol: ApplicationProtocol

    /// What is wrong with the text, and how to write it.
    public struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// FastCGI over TCP; an empty host stands for the wildcard address.
    public static func tcp(host: String, port: UInt16) -> ListenAddress {
        ListenAddress(socket: .tcp(host: host, port: port), applicationProtocol: .fastCGI)
    }

    private init(socket: Socket, applicationProtocol: ApplicationProtocol) {
        self.socket = socket
        self.applicationProtocol = applicationProtocol
    }

    /// - Parameter text: `unix:/path.sock`, `tcp:HOST:PORT` (an IPv6 host in brackets) or `fd:N`; with `scgi+` before
    ///   it for SCGI in place of FastCGI.
    public init(parsing text: String) throws(ParseError) {
        let prefix = "scgi+"
        applicationProtocol = text.hasPrefix(prefix) ? .scgi : .fastCGI
        socket = try Self.socket(text, text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...])
    }

    private static func socket(_ text: String, _ address: Substring) throws(ParseError) -> Socket {
        guard let colon = address.firstIndex(of: ":") else { throw unknown(text) }
        let rest = String(address[address.index(after: colon)...])
        switch address[..<colon] {
        case "unix":
            // sun_path holds 108 bytes with the final NUL.
            guard !rest.isEmpty, rest.utf8.count < 108 else {
                throw ParseError(description: "'\(text)': a socket path has 1 to 107 bytes")
            }
            return .unix(path: rest)
        case "tcp":
            guard let separator = rest.lastIndex(of: ":"),
                let port = UInt16(rest[rest.index(after: separator)...])
            else { throw ParseError(description: "'\(text)': write tcp:HOST:PORT, as in tcp:127.0.0.1:9000") }
            var host = String(rest[..<separator])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            return .tcp(host: host, port: port)
        case "fd":
            guard let number = Int32(rest), number >= 0 else {
                throw ParseError(description: "'\(text)': write fd:N with the number of a file descriptor, as in fd:0")
            }
            return .descriptor(number)
        default:
            throw unknown(text)
        }
    }

    private static func unknown(_ text: String) -> ParseError {
        ParseError(
            description: "'\(text)': write unix:/path.sock, tcp:HOST:PORT or fd:N, with scgi+ before it for SCGI"
        )
    }
}
