import CLinux
import EventLoop
import Glibc

/// Answers one request. Runs as a task of its own on the loop of its connection.
public typealias FastCGIHandler = @Sendable (FastCGIRequest, ResponseStream) async -> Void

/// The web server's side of one event loop: accepts connections, FastCGI or SCGI, and runs a task per request.
public final class FastCGIServer: @unchecked Sendable {
    /// Everything of the server runs on its thread.
    public let loop: EventLoop
    let limits: FastCGILimits
    let handler: FastCGIHandler
    let report: @Sendable (String) -> Void
    private let writers: (fastCGI: LibFCGI, scgi: SCGIWriter)
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)

    private var acceptors: [Acceptor] = []
    private var connections: [ObjectIdentifier: FastCGIConnection] = [:]
    var room: RequestRoom
    private lazy var letInTimer = LoopTimer(loop: loop) { [weak self] in self?.letIn() }
    private lazy var lineTimer = LoopTimer(loop: loop) { [weak self] in self?.makeRoom() }
    /// Of waiting bodies.
    private var nextReport: UInt64 = 0
    private var whenDrained: (@Sendable () -> Void)?
    private(set) var isDraining = false

    /// - Parameters:
    ///   - report: gets a line for each connection that ended in an error.
    public init(
        loop: EventLoop,
        limits: FastCGILimits = FastCGILimits(),
        report: @escaping @Sendable (String) -> Void = { _ in },
        handler: @escaping FastCGIHandler
    ) throws(SystemError) {
        self.loop = loop
        self.limits = limits
        room = RequestRoom(limit: limits.heldBytes)
        self.report = report
        self.handler = handler
        writers = (try LibFCGI(), SCGIWriter())
    }

    deinit {
        readBuffer.deallocate()
    }

    /// Starts to accept. A listener may be shared with the servers of other loops.
    public func listen(_ listeners: [Listener]) throws(SystemError) {
        for listener in listeners {
            acceptors.append(try Acceptor(listener: listener, server: self))
        }
    }

    /// Lets go of the listeners, and takes what waits at those that are to be closed.
    public func stopAccepting() {
        for acceptor in acceptors { acceptor.stop() }
        acceptors = []
    }

    /// After `stopAccepting`: calls back on the loop when the last request is read and answered, and every connection closed.
    public func drain(_ whenDrained: @escaping @Sendable () -> Void) {
        isDraining = true
        for connection in Array(connections.values) { connection.drain() }
        self.whenDrained = whenDrained
        finishDraining()
    }

    func accept(_ socket: Int32, speaking applicationProtocol: ApplicationProtocol) {
        do {
            let connection = try FastCGIConnection(socket: socket, speaking: applicationProtocol, server: self)
            connections[ObjectIdentifier(connection)] = connection
            // Bytes may have come before the watch began; edges are reported from then on only, states of now too.
        } catch {
            report("\(error)")
            close(socket)
        }
    }

    func writer(for applicationProtocol: ApplicationProtocol) -> any ResponseWriter {
        switch applicationProtocol {
        case .fastCGI: writers.fastCGI
        case .scgi: writers.scgi
        }
    }

    func connectionClosed(_ connection: FastCGIConnection) {
        connections[ObjectIdentifier(connection)] = nil
        finishDraining()
    }

    // MARK: Room for what requests bring along

    /// - Returns: where it is to be waited for, `roomIsThere` is called when it is there.
    func takeRoom(_ bytes: Int, for connection: FastCGIConnection) -> RequestRoom.Admission {
        let admission = room.take(bytes, for: ObjectIdentifier(connection))
        if admission != .admitted { reportLine() }
        if room.waiting == 1 { lineTimer.set(after: limits.patience / 10) }
        return admission
    }

    func giveBackRoom(_ bytes: Int) {
        room.giveBack(bytes)
        letInSoon()
    }

    func leaveLine(_ connection: FastCGIConnection) {
        room.leave(ObjectIdentifier(connection))
        letInSoon()
    }

    private func letInSoon() {
        if room.waiting > 0 { letInTimer.set(after: .zero) }
    }

    /// One with each turn: whose room it was has an answer to send, and others are served in between.
    private func letIn() {
        guard let next = room.next() else { return }
        connections[next.id]?.roomIsThere(next.bytes)
        letInSoon()
    }

    /// While others wait, half of their patience is what a body has to come in.
    private func makeRoom() {
        guard room.waiting > 0 else { return }
        let (now, patience) = (EventLoop.now(), (limits.patience / 2).nanoseconds)
        for connection in connections.values { connection.dropBody(admittedFor: patience, now: now) }
        lineTimer.set(after: limits.patience / 10)
    }

    /// Once a minute.
    private func reportLine() {
        let now = EventLoop.now()
        guard now >= nextReport else { return }
        nextReport = now &+ 60_000_000_000
        report("Bodies and files of \(room.taken) bytes are held; more bodies wait with the web server")
    }

    /// Says so when the last connection is closed; each closes when it has nothing more to do.
    private func finishDraining() {
        guard isDraining, connections.isEmpty, let whenDrained else { return }
        self.whenDrained = nil
        whenDrained()
    }
}

/// Takes connections from one listening socket.
private final class Acceptor: ReadinessHandler {
    private let listener: Listener
    private unowned let server: FastCGIServer
    private var retry: LoopTimer?
    private var isWatching = false

    init(listener: Listener, server: FastCGIServer) throws(SystemError) {
        self.listener = listener
        self.server = server
        try server.loop.watch(listener.descriptor, for: [.readable, .exclusive], handler: self)
        isWatching = true
    }

    func ready(_ readiness: Readiness) {
        // Bounded, so that a flood of connections does not starve the running streams.
        for _ in 0..<64 {
            let socket = linux_accept(listener.descriptor)
            guard socket >= 0 else {
                if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS { pause() }
                return
            }
            server.accept(socket, speaking: listener.address.applicationProtocol)
        }
    }

    /// Without free descriptors the listener stays readable, and the loop would spin.
    private func pause() {
        server.report("\(SystemError("accept")); raise the limit of open files")
        unwatch()
        resumeLater()
    }

    private func resumeLater() {
        let timer = LoopTimer(loop: server.loop) { [unowned self] in resume() }
        timer.set(after: .milliseconds(200))
        retry = timer
    }

    private func resume() {
        do {
            try server.loop.watch(listener.descriptor, for: [.readable, .exclusive], handler: self)
            isWatching = true
        } catch {
            server.report("\(error)")
            resumeLater()
        }
    }

    func stop() {
        retry?.invalidate()
        unwatch()
        // A listener that was handed over goes on, and another instance takes what waits.
        guard listener.isOwn else { return }
        while case let socket = linux_accept(listener.descriptor), socket >= 0 {
            server.accept(socket, speaking: listener.address.applicationProtocol)
        }
    }

    private func unwatch() {
        guard isWatching else { return }
        isWatching = false
        server.loop.unwatch(listener.descriptor)
    }
}
