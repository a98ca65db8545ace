import CLinux
import EventLoop
import FastCGI
import Glibc

/// Answers `GET /metrics` on a listener of its own, on one event loop.
final class MetricsServer: ReadinessHandler, @unchecked Sendable {
    /// Where the values of all loops come from.
    typealias Report = @Sendable () async -> String

    fileprivate let loop: EventLoop
    private let listener: Listener
    private let report: Report
    private var connections: [ObjectIdentifier: MetricsConnection] = [:]
    /// Scrapers are few; more connections than this are a mistake or mischief.
    private static let connectionLimit = 64

    /// - Throws: `SystemError` when the address cannot be had.
    init(address: ListenAddress, loop: EventLoop, report: @escaping Report) throws(SystemError) {
        self.loop = loop
        self.report = report
        listener = try Listener(address)
        // Changes only: without free descriptors the listener would stay readable, and the loop would spin.
        try loop.watch(listener.descriptor, for: [.readable, .edgeTriggered], handler: self)
    }

    func ready(_ readiness: Readiness) {
        while case let socket = linux_accept(listener.descriptor), socket >= 0 {
            guard connections.count < Self.connectionLimit else {
                close(socket)
                continue
            }
            let connection = MetricsConnection(socket, server: self)
            do {
                try loop.watch(socket, for: .readable, handler: connection)
                connections[ObjectIdentifier(connection)] = connection
            } catch {
                connection.end()
            }
        }
    }

    fileprivate func ended(_ connection: MetricsConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    fileprivate func answer(_ head: [UInt8]) async -> [UInt8] {
        switch ScrapeRequest(head) {
        case .metrics(let hasBody): Self.response("200 OK", await report(), hasBody: hasBody)
        case .otherPath: Self.response("404 Not Found", "Metrics are at /metrics\n")
        case .otherMethod: Self.response("405 Method Not Allowed", "Use GET\n", extra: "Allow: GET, HEAD\r\n")
        case .malformed: Self.response("400 Bad Request", "This is not HTTP/1\n")
        }
    }

    private static func response(
        _ status: String,
        _ body: String,
        hasBody: Bool = true,
        extra: String = ""
    ) -> [UInt8] {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\(extra)Connection: close\r\n\r\n"
        return Array(head.utf8) + (hasBody ? Array(body.utf8) : [])
    }
}

/// The first line of a request, which is all that matters here.
enum ScrapeRequest: Equatable {
    case metrics(hasBody: Bool)
    case otherPath
    case otherMethod
    case malformed

    init(_ head: [UInt8]) {
        let line = String(decoding: head.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].hasPrefix("HTTP/1.") else {
            self = .malformed
            return
        }
        guard parts[1].prefix(while: { $0 != "?" }) == "/metrics" else {
            self = .otherPath
            return
        }
        switch parts[0] {
        case "GET": self = .metrics(hasBody: true)
        case "HEAD": self = .metrics(hasBody: false)
        default: self = .otherMethod
        }
    }
}

/// One connection: a request is read, answered, and that is all.
private final class MetricsConnection: ReadinessHandler, @unchecked Sendable {
    private let socket: Int32
    private let server: MetricsServer
    private var head: [UInt8] = []
    private var unsent: ArraySlice<UInt8> = []
    private var isAnswering = false
    private var isClosed = false
    private var timer: LoopTimer?

    private static let headLimit = 8192
    private static let timeout = Duration.seconds(10)

    init(_ socket: Int32, server: MetricsServer) {
        self.socket = socket
        self.server = server
        let timer = LoopTimer(loop: server.loop) { [unowned self] in end() }
        timer.set(after: Self.timeout)
        self.timer = timer
    }

    func ready(_ readiness: Readiness) {
        if isAnswering {
            if unsent.isEmpty { return }
            send()
        } else {
            receive()
        }
    }

    private func receive() {
        var chunk = [UInt8](repeating: 0, count: 2048)
        let count = recv(socket, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            return end()
        }
        head += chunk[..<count]
        guard head.count <= Self.headLimit else { return end() }
        guard Self.isComplete(head) else { return }
        isAnswering = true
        // Nothing more is read: a state that stays readable would wake the loop for nothing.
        server.loop.unwatch(socket)
        Task(executorPreference: server.loop) { [self] in
            unsent = await server.answer(head)[...]
            do {
                guard !isClosed else { return }
                try server.loop.watch(socket, for: .writable, handler: self)
            } catch {
                end()
            }
        }
    }

    private static func isComplete(_ head: [UInt8]) -> Bool {
        head.suffix(4).elementsEqual("\r\n\r\n".utf8) || head.suffix(2).elementsEqual("\n\n".utf8)
    }

    private func send() {
        let count = unsent.withUnsafeBytes { bytes in
            Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else {
            if errno == EAGAIN || errno == EINTR { return }
            return end()
        }
        unsent = unsent.dropFirst(count)
        if unsent.isEmpty { end() }
    }

    func end() {
        guard !isClosed else { return }
        isClosed = true
        timer?.invalidate()
        server.loop.forget(socket)
        close(socket)
        server.ended(self)
    }
}
