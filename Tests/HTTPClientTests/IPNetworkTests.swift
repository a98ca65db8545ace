import Testing

@testable import HTTPClient

@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("10.20.0.0/16", "10.20.255.1", true), ("10.20.0.0/16", "10.21.0.1", false),
        ("10.20.128.0/17", "10.20.128.1", true), ("10.20.128.0/17", "10.20.127.255", false),
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("0.0.0.0/0", "1.2.3.4", true),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("127.0.0.0/8", "::ffff:127.0.0.1", false),
        ("::1", "::1", true),
    ])
    func membership(network: String, address: String, isInside: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/-1", "10.0.0.0/8/8", "10/8", "example.com", "::/129", "1.2.3.4/",
    ])
    func notNetworks(text: String) {
        #expect(IPNetwork(text) == nil)
    }
}
