/// Bytes at an address that stays, for a C library that keeps a pointer to them.
final class PinnedBytes {
    private(set) var start: UnsafeMutableRawPointer?

    func copy(_ bytes: [UInt8]) {
        free()
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        memory.copyBytes(from: bytes)
        start = memory.baseAddress
    }

    func free() {
        start?.deallocate()
        start = nil
    }

    deinit {
        free()
    }
}
