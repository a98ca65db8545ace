import Testing

@testable import HTTPClient

@Suite struct IPAddressTests {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1",
        "fec0::1", "fc00::1",
        "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1", "192.88.99.1", "::7f00:1",
    ])
    func internalAddressesAreNotPublic(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic == false)
    }

    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "172.32.0.1", "172.15.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2a00:1450::1",
    ])
    func publicAddressesArePublic(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test(arguments: ["0177.0.0.1", "2130706433", "127.1", "0x7f.1", "localhost", ""])
    func otherSpellingsAreNotAddresses(text: String) {
        #expect(IPAddress(text) == nil)
    }
}
