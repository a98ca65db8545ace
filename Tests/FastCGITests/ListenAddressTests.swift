import Testing

@testable import FastCGI

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("unix:/run/a.sock", ListenAddress.Socket.unix(path: "/run/a.sock")),
        ("tcp:127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)),
        ("tcp:[::1]:9000", .tcp(host: "::1", port: 9000)),
        ("tcp::9000", .tcp(host: "", port: 9000)),
        ("fd:0", .descriptor(0)),
    ])
    func addressesAreRead(text: String, expected: ListenAddress.Socket) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.socket == expected)
        #expect(address.applicationProtocol == .fastCGI)
        let other = try ListenAddress(parsing: "scgi+" + text)
        #expect(other.socket == expected)
        #expect(other.applicationProtocol == .scgi)
    }

    @Test(arguments: [
        "", "unix:", "tcp:host", "tcp:h:99999", "fd:x", "fd:-1", "/run/a.sock", "http://x", "scgi+", "scgi+/run/a.sock",
        "scgi:unix:/run/a.sock", "scgi+scgi+fd:0",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(throws: ListenAddress.ParseError.self) { try ListenAddress(parsing: text) }
    }
}
