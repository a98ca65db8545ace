/// A block of IP addresses.
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    private let bytes: [UInt8]
    /// Leading bits that count.
    private let length: Int

    /// Reads `10.1.0.0/16`, `fd00::/8`, or a single address; nil for anything else, bits after the prefix included.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let bits = address.bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(length) else { return nil }
        bytes = address.bytes
        self.length = length
        guard Self.masked(bytes, length) == bytes else { return nil }
    }

    /// - Parameter leading: the first of `size` bytes; those behind are zero.
    init(_ leading: [UInt8], _ length: Int, of size: Int) {
        bytes = leading + repeatElement(0, count: size - leading.count)
        self.length = length
    }

    public var description: String { "\(IPAddress(bytes: bytes))/\(length)" }

    /// An IPv4 address within an IPv6 one is told by its own kind of network only.
    public func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == bytes.count && Self.masked(address.bytes, length) == bytes
    }

    private static func masked(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(max(length - index * 8, 0), 8)
            return kept == 8 ? byte : byte & ~(0xFF >> UInt8(kept))
        }
    }
}
