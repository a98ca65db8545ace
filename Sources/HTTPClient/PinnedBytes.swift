/// Bytes at an address that stays, for a C library that keeps a pointer to them.
final class PinnedBytes {
    private(set) var start: UnsafeMutableRawPointer?
    private(set) var count = 0

    func copy(_ bytes: [UInt8]) {
        free()
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        memory.copyBytes(from: bytes)
        start = memory.baseAddress
        count = bytes.count
    }

    func free() {
        start?.deallocate()
        start = nil
        count = 0
    }

    deinit {
        free()
    }
}
