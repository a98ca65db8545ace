/// A copy of bytes at an address that stays, for a C library that keeps a pointer to them.
final class PinnedBytes {
    private let memory: UnsafeMutableRawBufferPointer
    private let source: [UInt8]

    /// Holds on to `bytes` as well, to recognise them.
    init(_ bytes: [UInt8]) {
        memory = .allocate(byteCount: max(bytes.count, 1), alignment: 1)
        memory.copyBytes(from: bytes)
        source = bytes
    }

    var start: UnsafeMutableRawPointer? { memory.baseAddress }
    var count: Int { source.count }

    /// Whether it was made from this very array; another one of the same content may be told to be different.
    func isCopy(of bytes: [UInt8]) -> Bool {
        guard bytes.count == source.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            source.withUnsafeBufferPointer { $0.baseAddress == bytes.baseAddress }
        }
    }

    deinit {
        memory.deallocate()
    }
}
