import EventLoop
import Glibc
import Testing

@testable import FastCGI

/// A connection that says nothing is kept between requests and given up within one.
@Suite struct SilenceTests {
    private static let isPrepared = FastCGIServer.prepareProcess()
    /// With the flag to keep the connection.
    private static let request: [UInt8] =
        [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] + [1, 4, 0, 1, 0, 0, 0, 0] + [1, 5, 0, 1, 0, 0, 0, 0]

    @Test(arguments: [(0, false), (3, true), (16, true)])
    func bytesOfTheNextRequest(_ count: Int, _ isClosed: Bool) throws {
        #expect(Self.isPrepared)
        let loop = try EventLoop()
        let limits = FastCGILimits(silence: .milliseconds(100))
        let server = try FastCGIServer(loop: loop, limits: limits) { _, response in
            response.start(status: 204, headers: [])
        }
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let (peer, socket) = (pair[0], pair[1])
        defer { close(peer) }
        var patience = timeval(tv_sec: isClosed ? 30 : 0, tv_usec: 400_000)
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))

        // In one piece: what follows the request is there before it is answered.
        let bytes = Self.request + Self.request.prefix(count)
        try #require(write(peer, bytes, bytes.count) == bytes.count)
        loop.execute { server.accept(socket, speaking: .fastCGI) }
        let thread = try loop.runOnThread()

        var answer = [UInt8](repeating: 0, count: 1024)
        #expect(read(peer, &answer, answer.count) > 0)
        let end = read(peer, &answer, answer.count)
        let reason = errno
        if isClosed { #expect(end == 0) } else { #expect(end == -1 && reason == EAGAIN) }
        loop.execute { server.drain { loop.stop() } }
        pthread_join(thread, nil)
    }
}
