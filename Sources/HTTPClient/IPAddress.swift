import Glibc

/// An IP address, and whether it belongs to the public internet.
public struct IPAddress: Sendable, Equatable, CustomStringConvertible {
    /// 4 or 16 bytes, in network order.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init?(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var value = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            bytes = withUnsafeBytes(of: &value) { Array($0) }
        case AF_INET6:
            var value = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            bytes = withUnsafeBytes(of: &value) { Array($0) }
        default: return nil
        }
    }

    /// Reads the canonical text form only: no octal, no missing parts.
    public init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: &v4) { Array($0) }
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            bytes = withUnsafeBytes(of: &v6) { Array($0) }
        } else {
            return nil
        }
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return "unknown"
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }

    /// Whether an attachment's URL may lead here: neither loopback, link-local, private, shared, documentation,
    /// multicast nor reserved. An IPv4 address inside an IPv6 one is judged by itself.
    /// Source: IANA special-purpose address registries.
    public var isPublic: Bool {
        if bytes.count == 4 { return !Self.special4.contains { $0.contains(self) } }
        for (network, start) in Self.embedding where network.contains(self) {
            return IPAddress(bytes: Array(bytes[start..<start + 4])).isPublic
        }
        return Self.globalUnicast.contains(self) && !Self.special6.contains { $0.contains(self) }
    }

    private static let special4 = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
        ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
        ([203, 0, 113], 24), ([224], 4), ([240], 4),
    ].map { IPNetwork($0, $1, of: 4) }

    /// IPv4-mapped, IPv4-compatible (which holds :: and ::1 too), NAT64, 6to4, each with where the IPv4 address begins.
    private static let embedding = [
        (IPNetwork([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, of: 16), 12),
        (IPNetwork([], 96, of: 16), 12),
        (IPNetwork([0, 0x64, 0xFF, 0x9B], 96, of: 16), 12),
        (IPNetwork([0x20, 0x02], 16, of: 16), 2),
    ]

    /// The only part of IPv6 that is handed out.
    private static let globalUnicast = IPNetwork([0x20], 3, of: 16)

    private static let special6 = [
        ([0x20, 0x01, 0], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x3F, 0xFF], 20),
    ].map { IPNetwork($0, $1, of: 16) }
}
