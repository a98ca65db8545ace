import EventLoop
import Glibc

/// One connection of the web server: requests one after the other, each answered before the next is read.
final class FastCGIConnection: ReadinessHandler, @unchecked Sendable {
    private let socket: Int32
    private unowned let server: FastCGIServer
    private let applicationProtocol: ApplicationProtocol
    private var scanner: any RequestScanner
    private var task: Task<Void, Never>?
    private var writableContinuation: UnsafeContinuation<Void, Never>?
    /// For what the peer is to send, or for room for it.
    private lazy var readTimer = LoopTimer(loop: server.loop) { [unowned self] in expire() }
    private var keepsConnection = true
    private var isClosed = false
    /// The peer broke the protocol: nothing more it sends counts.
    private var isBroken = false
    private(set) var peerIsGone = false
    /// The peer wants no more of the answer under way.
    private var isAborted = false
    /// Bytes that the server has room for, of the body and of what came with it.
    private var heldBytes = 0
    private var waitsForRoom = false
    /// When the room was there, in monotonic nanoseconds.
    private var admittedAt: UInt64 = 0

    /// How long a request may say nothing, less where the program waits for its end. Then a connection without a request is
    /// kept for a while, too: the web server may just be about to use it.
    private var readTimeout: Duration {
        server.isDraining ? .seconds(scanner.isIdle ? 1 : 5) : server.limits.silence
    }
    private static let watched: Readiness = [.readable, .peerClosed, .edgeTriggered]

    init(
        socket: Int32,
        speaking applicationProtocol: ApplicationProtocol,
        server: FastCGIServer
    ) throws(SystemError) {
        self.socket = socket
        self.server = server
        self.applicationProtocol = applicationProtocol
        scanner = applicationProtocol.scanner(limits: server.limits)
        // Fails for unix sockets, which need neither. TCP would hold events back for 40 ms, and begins with a buffer that is
        // smaller than a response stream's credit.
        var on: Int32 = 1
        if setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 {
            var size: Int32 = 256 * 1024
            setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        try server.loop.watch(socket, for: Self.watched, handler: self)
    }

    /// The request that is being read or answered, or comes within a second, is the last one.
    func drain() {
        receive()
        watchSilence()
    }

    /// After what came was read.
    private func watchSilence() {
        guard !isClosed, !waitsForRoom else { return }
        if task != nil || scanner.isIdle && !server.isDraining { return readTimer.clear() }
        readTimer.set(after: readTimeout)
    }

    // MARK: Reading

    func ready(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.writable, .hangUp, .failed]) { resumeWriting() }
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .hangUp, .failed]) { receive() }
        if !readiness.isDisjoint(with: [.peerClosed, .hangUp, .failed]) { peerWent() }
    }

    private func receive() {
        while !isClosed, !peerIsGone, !waitsForRoom {
            let count = recv(socket, server.readBuffer.baseAddress, server.readBuffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                if count == 0 || errno != EAGAIN { peerWent() }
                return
            }
            scan(UnsafeRawBufferPointer(rebasing: server.readBuffer[..<count]))
            // A short read emptied the socket; what comes later is reported anew.
            if count < server.readBuffer.count { return }
        }
    }

    private func scan(_ bytes: UnsafeRawBufferPointer) {
        guard !isBroken else { return }
        var rest = bytes[...]
        while !rest.isEmpty, !isClosed {
            switch scanner.scan(&rest) {
            case nil: break
            case .request(let request): start(request)
            case .aborted:
                isAborted = true
                resumeWriting()
                task?.cancel()
            case .management(let type): answerManagement(type)
            case .violation(let reason):
                server.report("\(applicationProtocol.name) peer broke the protocol: \(reason)")
                // An answer that is under way may still be read.
                if task == nil { return close() }
                keepsConnection = false
                isBroken = true
                return
            }
        }
        askForRoom()
        watchSilence()
    }

    /// Leaves the rest of a body with the web server until there is room for it (docs/decisions/0026-room-for-bodies-and-files.md).
    private func askForRoom() {
        guard !isClosed, heldBytes == 0, let bytes = scanner.announcedBody, bytes > RequestRoom.unaccounted else {
            return
        }
        switch server.takeRoom(bytes, for: self) {
        case .admitted: use(bytes)
        case .waiting:
            waitsForRoom = true
            readTimer.set(after: server.limits.patience)
        case .refused: scanner.dropBody()
        }
    }

    private func expire() {
        guard waitsForRoom else { return close() }
        waitsForRoom = false
        server.leaveLine(self)
        scanner.dropBody()
        watchSilence()
        receive()
    }

    /// The room that was asked for is there.
    func roomIsThere(_ bytes: Int) {
        waitsForRoom = false
        use(bytes)
        watchSilence()
        receive()
    }

    private func use(_ room: Int) {
        heldBytes = room
        admittedAt = EventLoop.now()
        scanner.reserveBody(room)
    }

    /// Others wait for the room of a body that does not come.
    func dropBody(admittedFor nanoseconds: UInt64, now: UInt64) {
        guard heldBytes > 0, scanner.announcedBody != nil, now &- admittedAt >= nanoseconds else { return }
        scanner.dropBody()
        giveBackRoom()
    }

    /// - Returns: whether there is room for more that comes with the request.
    func hold(_ bytes: Int) -> Bool {
        guard server.room.add(bytes, ifFittingBeside: heldBytes) else { return false }
        heldBytes += bytes
        return true
    }

    /// What was held for the answer has been sent on.
    func giveBackRoom() {
        guard heldBytes > 0 else { return }
        server.giveBackRoom(heldBytes)
        heldBytes = 0
    }

    /// GET_VALUES (9) gets a GET_VALUES_RESULT (10) that names no variable; others get UNKNOWN_TYPE (11).
    private func answerManagement(_ type: UInt8) {
        let answer: [UInt8] =
            type == 9 ? [1, 10, 0, 0, 0, 0, 0, 0] : [1, 11, 0, 0, 0, 8, 0, 0, type, 0, 0, 0, 0, 0, 0, 0]
        guard task == nil else { return }
        _ = send(socket, answer, answer.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    }

    // MARK: Answering

    private func start(_ scanned: ScannedRequest) {
        readTimer.clear()
        keepsConnection = scanned.keepsConnection
        let unannounced = scanned.body.count - heldBytes
        if unannounced > RequestRoom.unaccounted {
            server.room.add(unannounced)
            heldBytes += unannounced
        }
        let request = FastCGIRequest(
            parameters: scanned.parameters,
            body: scanned.body,
            bodyFault: scanned.bodyFault
        )
        let response = ResponseStream(
            connection: self,
            writer: server.writer(for: applicationProtocol),
            target: ResponseTarget(socket: socket, requestID: scanned.id)
        )
        let handler = server.handler
        task = Task(executorPreference: server.loop) {
            await handler(request, response)
            self.end(response)
        }
    }

    private func end(_ response: ResponseStream) {
        giveBackRoom()
        task = nil
        isAborted = false
        let isComplete = response.close()
        scanner.responseIsComplete()
        if !isComplete || !keepsConnection || peerIsGone || server.isDraining { close() }
        // The next record may have begun to come during the answer.
        watchSilence()
    }

    /// A write failed: the peer closed the connection.
    func failed() -> ResponseError {
        peerWent()
        return .peerIsGone
    }

    private func peerWent() {
        guard !peerIsGone else { return }
        peerIsGone = true
        resumeWriting()
        if let task { task.cancel() } else { close() }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        peerIsGone = true
        readTimer.invalidate()
        server.loop.forget(socket)
        Glibc.close(socket)
        giveBackRoom()
        if waitsForRoom { server.leaveLine(self) }
        server.connectionClosed(self)
    }

    // MARK: Back-pressure

    var isWritable: Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1
    }

    /// - Throws: `ResponseError.peerIsGone`, also where the peer is there and wants no more.
    func waitUntilWritable() async throws(ResponseError) {
        await withUnsafeContinuation { continuation in
            guard !peerIsGone, !isAborted else { return continuation.resume() }
            writableContinuation = continuation
            watchWriting(true)
        }
        if peerIsGone || isAborted { throw .peerIsGone }
    }

    /// Lets the loop serve others.
    func giveWay() async {
        try? await server.loop.sleep(for: .zero)
    }

    private func resumeWriting() {
        guard let continuation = writableContinuation else { return }
        writableContinuation = nil
        watchWriting(false)
        continuation.resume()
    }

    private func watchWriting(_ watch: Bool) {
        do {
            try server.loop.rewatch(socket, for: watch ? Self.watched.union(.writable) : Self.watched)
        } catch {
            server.report("\(error)")
            peerWent()
        }
    }
}
