import Glibc

/// Writes an SCGI answer, which has no frames: head and body as they are, up to the end of the connection.
final class SCGIWriter: ResponseWriter {
    private let socket: Int32
    private var buffer: [UInt8] = []

    init(socket: Int32) {
        self.socket = socket
    }

    func begin(_ scanned: ScannedRequest) -> Bool { true }

    func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        buffer.append(contentsOf: bytes)
        return true
    }

    func flush() -> Bool {
        defer { buffer.removeAll(keepingCapacity: true) }
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                send(socket, bytes.baseAddress.map { $0 + written }, bytes.count - written, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    func end() -> Bool { flush() }

    func reset() { buffer = [] }
}
