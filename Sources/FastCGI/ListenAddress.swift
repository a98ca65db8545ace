/// Where the program listens, as given on the command line.
public enum ListenAddress: Sendable, Equatable {
    case unix(path: String)
    case tcp(host: String, port: UInt16)
    /// A listening socket that the parent process opened: 0 for web servers and spawn-fcgi, 3 for systemd.
    case descriptor(Int32)

    public struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter text: `unix:/path.sock`, `tcp:HOST:PORT` (an IPv6 host in brackets) or `fd:N`.
    public init(parsing text: String) throws(ParseError) {
        guard let colon = text.firstIndex(of: ":") else { throw Self.unknown(text) }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "unix":
            // sun_path holds 108 bytes with the final NUL.
            guard !rest.isEmpty, rest.utf8.count < 108 else {
                throw ParseError(description: "'\(text)': a socket path has 1 to 107 bytes")
            }
            self = .unix(path: rest)
        case "tcp":
            guard let separator = rest.lastIndex(of: ":"),
                let port = UInt16(rest[rest.index(after: separator)...])
            else { throw ParseError(description: "'\(text)': write tcp:HOST:PORT, as in tcp:127.0.0.1:9000") }
            var host = String(rest[..<separator])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            self = .tcp(host: host, port: port)
        case "fd":
            guard let number = Int32(rest), number >= 0 else {
                throw ParseError(description: "'\(text)': write fd:N with the number of a file descriptor, as in fd:0")
            }
            self = .descriptor(number)
        default:
            throw Self.unknown(text)
        }
    }

    private static func unknown(_ text: String) -> ParseError {
        ParseError(description: "'\(text)': write unix:/path.sock, tcp:HOST:PORT or fd:N")
    }
}
