import CLinux
import EventLoop
import Glibc

/// Why an answer could not be written.
public enum ResponseError: Error, Sendable {
    /// The web server closed the connection: its client went away.
    case peerIsGone
    /// The answer was ended before.
    case isFinished
}

/// The answer to one request: a head, then bytes as they come, then the end.
///
/// A write goes out only as far as the kernel said that it takes, so the loop never blocks; when the web server does not
/// read, `write` suspends, and whoever produces the bytes stops with it. Used on its loop's thread.
public final class ResponseStream: @unchecked Sendable {
    private let connection: FastCGIConnection
    private let writer: any ResponseWriter
    private var isFinished = false
    public private(set) var hasStarted = false
    /// Bytes of body and head that were written.
    public private(set) var byteCount = 0

    /// Bytes that may be written before the socket has to be asked again. A unix socket that reports itself writable has
    /// three quarters of its 208 KiB free, a TCP socket a third of its buffer; each write also pays for its
    /// kernel structures. It is full at the start: a web server asks again when it has read the answer before. A peer that
    /// does not read at all has a write fail.
    private var credit = fullCredit
    private static let fullCredit = 96 * 1024
    private static let costOfWrite = 1024
    /// What one record of libfcgi's buffer of 8,192 bytes holds.
    private static let recordLimit = 8184
    private var buffered = 0

    init(connection: FastCGIConnection, writer: any ResponseWriter) {
        self.connection = connection
        self.writer = writer
    }

    /// Begins the answer. Nothing is sent before the first write or the end.
    /// - Parameter headers: names and values in printable ASCII; a value is cut at anything else, a line break above all,
    ///   which would begin another header.
    public func start(status: Int, headers: [(name: String, value: String)]) {
        guard !hasStarted, !isFinished else { return }
        hasStarted = true
        var head = "Status: \(status) \(ReasonPhrase.of(status))\r\n"
        for (name, value) in headers {
            head += name
            head += ": "
            head += Substring(value.utf8.prefix { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 })
            head += "\r\n"
        }
        head += "\r\n"
        head.withUTF8 { put(UnsafeRawBufferPointer($0).prefix(Self.recordLimit)) }
    }

    /// Writes bytes and sends them at once.
    /// - Throws: `ResponseError.peerIsGone`.
    public func write(_ bytes: [UInt8]) async throws(ResponseError) {
        try await writeBuffered(bytes)
        guard buffered > 0 else { return }
        if credit <= 0 { try await waitForCredit() }
        guard writer.flush() else { throw connection.failed() }
        credit -= buffered + Self.costOfWrite
        buffered = 0
    }

    /// Writes bytes and sends them, if the kernel is known to take them and they fit one record.
    /// - Returns: false, with nothing written, when `write` is needed.
    public func writeAtOnce(_ bytes: [UInt8]) -> Bool {
        guard credit > 0, buffered + bytes.count <= Self.recordLimit, !isFinished, !connection.peerIsGone else {
            return false
        }
        bytes.withUnsafeBytes { put($0[...]) }
        guard writer.flush() else {
            // The failure shows at the next write.
            _ = connection.failed()
            return true
        }
        credit -= buffered + Self.costOfWrite
        buffered = 0
        return true
    }

    /// Ends the answer, with the last bytes if there are any.
    public func finish(_ bytes: [UInt8] = []) async throws(ResponseError) {
        try await writeBuffered(bytes)
        if credit <= 0 { try await waitForCredit() }
        isFinished = true
        guard writer.end() else { throw connection.failed() }
    }

    private func writeBuffered(_ bytes: [UInt8]) async throws(ResponseError) {
        guard !isFinished else { throw .isFinished }
        var position = 0
        while position < bytes.count {
            guard !connection.peerIsGone else { throw .peerIsGone }
            if buffered == Self.recordLimit {
                if credit <= 0 { try await waitForCredit() }
                guard writer.flush() else { throw connection.failed() }
                credit -= buffered + Self.costOfWrite
                buffered = 0
            }
            let count = min(bytes.count - position, Self.recordLimit - buffered)
            bytes.withUnsafeBytes { put($0[position..<position + count]) }
            position += count
        }
        guard !connection.peerIsGone else { throw .peerIsGone }
    }

    private func put(_ bytes: Slice<UnsafeRawBufferPointer>) {
        guard writer.put(UnsafeRawBufferPointer(rebasing: bytes)) else { return }
        buffered += bytes.count
        byteCount += bytes.count
    }

    private func waitForCredit() async throws(ResponseError) {
        if !connection.isWritable { await connection.waitUntilWritable() }
        guard !connection.peerIsGone else { throw .peerIsGone }
        credit = Self.fullCredit
    }

    /// Ends what a handler left open, without suspending.
    func close() -> Bool {
        guard !isFinished else { return true }
        isFinished = true
        guard !connection.peerIsGone, hasStarted else { return false }
        return connection.isWritable && writer.end()
    }
}
