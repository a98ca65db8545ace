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
    private let target: ResponseTarget
    /// Goes out with the first bytes.
    private var head: [UInt8] = []
    /// Bytes of body and head that were written.
    public private(set) var byteCount = 0
    private var isFinished = false
    /// Whether `start` was called; the head may still wait for the first write.
    public private(set) var hasStarted = false

    /// Bytes that may be written before the socket has to be asked again. A unix socket that reports itself writable has
    /// three quarters of its 208 KiB free, a TCP socket a third of its buffer; each write also pays for its
    /// kernel structures. It is full at the start: a web server asks again when it has read the answer before. A peer that
    /// does not read at all has a write fail.
    private var credit = fullCredit
    private var renewals = 0
    private static let fullCredit = 96 * 1024
    private static let costOfWrite = 1024
    /// What one record of libfcgi's buffer of 8,192 bytes holds.
    static let pieceLimit = 8184

    init(connection: FastCGIConnection, writer: any ResponseWriter, target: ResponseTarget) {
        self.connection = connection
        self.writer = writer
        self.target = target
    }

    /// Counts bytes that are held for the request, besides its body, until `giveBackRoom` or the end of the answer.
    /// - Returns: false where there is no room for them, beside what other requests hold.
    public func takeRoom(_ bytes: Int) -> Bool {
        connection.hold(bytes)
    }

    /// The body and what was held with it are no longer needed.
    public func giveBackRoom() {
        connection.giveBackRoom()
    }

    /// Begins the answer. Nothing is sent before the first write or the end.
    /// - Parameter headers: names and values in printable ASCII; a value is cut at anything else, a line break above all,
    ///   which would begin another header. What makes the head longer than one record is left out.
    public func start(status: Int, headers: [(name: String, value: String)]) {
        guard !hasStarted, !isFinished else { return }
        hasStarted = true
        head.reserveCapacity(256)
        head.append(contentsOf: "Status: \(status) \(ReasonPhrase.of(status))\r\n".utf8)
        for (name, value) in headers
        where head.count + name.utf8.count + value.utf8.count + 6 <= Self.pieceLimit {
            head.append(contentsOf: name.utf8)
            head.append(contentsOf: ": ".utf8)
            head.append(contentsOf: value.utf8.prefix { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 })
            head.append(contentsOf: "\r\n".utf8)
        }
        head.append(contentsOf: "\r\n".utf8)
    }

    /// Writes bytes and sends them at once.
    /// - Throws: `ResponseError.peerIsGone`.
    public func write(_ bytes: [UInt8]) async throws(ResponseError) {
        guard !bytes.isEmpty || !head.isEmpty || isFinished else { return }
        try await send(bytes, isLast: false)
    }

    /// Writes bytes and sends them, if the kernel is known to take them and they fit one piece.
    /// - Returns: false, with nothing written, when `write` is needed.
    public func writeAtOnce(_ bytes: [UInt8]) -> Bool {
        guard credit > 0, head.count + bytes.count <= Self.pieceLimit, !isFinished, !connection.peerIsGone else {
            return false
        }
        // A failure shows at the next write.
        if !bytes.withUnsafeBytes({ sendPiece($0, isLast: false) }) { _ = connection.failed() }
        return true
    }

    /// Ends the answer, with the last bytes if there are any.
    public func finish(_ bytes: [UInt8] = []) async throws(ResponseError) {
        try await send(bytes, isLast: true)
    }

    private func send(_ bytes: [UInt8], isLast: Bool) async throws(ResponseError) {
        guard !isFinished else { throw .isFinished }
        var position = 0
        repeat {
            if credit <= 0, !connection.peerIsGone { try await waitForCredit() }
            guard !connection.peerIsGone else { throw .peerIsGone }
            let end = min(bytes.count, position + Self.pieceLimit - head.count)
            isFinished = isLast && end == bytes.count
            let isSent = bytes.withUnsafeBytes { bytes in
                sendPiece(UnsafeRawBufferPointer(rebasing: bytes[position..<end]), isLast: isFinished)
            }
            guard isSent else { throw connection.failed() }
            position = end
        } while position < bytes.count
    }

    private func sendPiece(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Bool {
        let count = head.count + bytes.count
        defer { head = [] }
        byteCount += count
        credit -= count + Self.costOfWrite
        return writer.write(head, bytes, to: target, isLast: isLast)
    }

    private func waitForCredit() async throws(ResponseError) {
        if !connection.isWritable {
            try await connection.waitUntilWritable()
        } else {
            // A long answer whose reader keeps up must not keep others waiting.
            renewals += 1
            if renewals % 10 == 0 { await connection.giveWay() }
        }
        credit = Self.fullCredit
    }

    /// Ends what a handler left open, without suspending.
    func close() -> Bool {
        guard !isFinished else { return true }
        isFinished = true
        guard !connection.peerIsGone, hasStarted else { return false }
        return connection.isWritable && sendPiece(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
    }
}
