import Glibc

/// Writes an SCGI answer, which has no frames: head and body as they are, up to the end of the connection.
final class SCGIWriter: ResponseWriter {
    func write(_ head: [UInt8], _ bytes: UnsafeRawBufferPointer, to target: ResponseTarget, isLast: Bool) -> Bool {
        let piece = head + bytes
        var written = 0
        while written < piece.count {
            let count = piece.withUnsafeBytes { piece in
                let rest = UnsafeRawBufferPointer(rebasing: piece[written...])
                return send(target.socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
