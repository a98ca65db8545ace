import Testing

@testable import FastCGI

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("unix:/run/a.sock", ListenAddress.unix(path: "/run/a.sock")),
        ("tcp:127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)),
        ("tcp:[::1]:9000", .tcp(host: "::1", port: 9000)),
        ("tcp::9000", .tcp(host: "", port: 9000)),
        ("fd:0", .descriptor(0)),
    ])
    func addressesAreRead(text: String, expected: ListenAddress) throws {
        #expect(try ListenAddress(parsing: text) == expected)
    }

    @Test(arguments: ["", "unix:", "tcp:host", "tcp:h:99999", "fd:x", "fd:-1", "/run/a.sock", "http://x"])
    func otherTextsAreRefused(text: String) {
        #expect(throws: ListenAddress.ParseError.self) { try ListenAddress(parsing: text) }
    }
}
