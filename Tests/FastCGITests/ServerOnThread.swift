import EventLoop
import Glibc
import Testing

@testable import FastCGI

/// A server with a thread for its loop; a test has the other ends of its connections.
final class ServerOnThread {
    private static let isPrepared = FastCGIServer.prepareProcess()

    private let loop: EventLoop
    private let server: FastCGIServer
    private let thread: pthread_t
    private var peers: [Int32] = []

    init(loop: EventLoop, limits: FastCGILimits, handler: @escaping FastCGIHandler) throws {
        #expect(Self.isPrepared)
        self.loop = loop
        server = try FastCGIServer(loop: loop, limits: limits, handler: handler)
        thread = try loop.runOnThread()
    }

    deinit {
        loop.execute { [loop, server] in server.drain { loop.stop() } }
        pthread_join(thread, nil)
        for peer in peers { close(peer) }
    }

    /// A connection on which the bytes are there before the server sees it.
    /// - Parameter patience: how long a read of it waits.
    func connect(sending bytes: [UInt8], patience: Duration = .seconds(30)) throws -> Int32 {
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let (peer, socket) = (pair[0], pair[1])
        peers.append(peer)
        let microseconds = Int(patience.nanoseconds / 1000)
        var time = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        try send(bytes, peer)
        loop.execute { [server] in server.accept(socket, speaking: .fastCGI) }
        return peer
    }

    func send(_ bytes: [UInt8], _ peer: Int32) throws {
        try #require(write(peer, bytes, bytes.count) == bytes.count)
    }

    /// What one read gives; nil where it fails, with `errno` saying why.
    func read(_ peer: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(peer, &bytes, bytes.count)
        return count < 0 ? nil : Array(bytes.prefix(count))
    }
}
