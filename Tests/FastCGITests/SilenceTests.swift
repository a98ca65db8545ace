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

    /// The server is the one that says nothing then.
    @Test func whoWaitsForRoomMayBeSilent() throws {
        #expect(Self.isPrepared)
        let loop = try EventLoop()
        let limits = FastCGILimits(heldBytes: 100_000, silence: .milliseconds(100))
        let server = try FastCGIServer(loop: loop, limits: limits) { _, response in
            try? await loop.sleep(for: .milliseconds(400))
            response.start(status: 204, headers: [])
        }
        let body = [UInt8](repeating: 0x20, count: 90_000)
        let bytes = Records.request([(name: "CONTENT_LENGTH", value: "90000")], body: body)
        var peers: [Int32] = []
        defer { for peer in peers { close(peer) } }
        for _ in 0..<2 {
            var pair: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            peers.append(pair[0])
            var patience = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            try #require(write(pair[0], bytes, bytes.count) == bytes.count)
            let socket = pair[1]
            loop.execute { server.accept(socket, speaking: .fastCGI) }
        }
        let started = EventLoop.now()
        let thread = try loop.runOnThread()
        var answer = [UInt8](repeating: 0, count: 1024)
        for peer in peers { #expect(read(peer, &answer, answer.count) > 0) }
        // One after the other.
        #expect(EventLoop.now() - started >= 800_000_000)
        loop.execute { server.drain { loop.stop() } }
        pthread_join(thread, nil)
    }

    @Test func aBodyThatDoesNotComeMakesRoomForOthers() throws {
        #expect(Self.isPrepared)
        let loop = try EventLoop()
        let limits = FastCGILimits(heldBytes: 100_000, patience: .seconds(2))
        let server = try FastCGIServer(loop: loop, limits: limits) { request, response in
            response.start(status: request.bodyRefusal == .noRoom ? 503 : 200, headers: [])
        }
        let body = [UInt8](repeating: 0x20, count: 90_000)
        let bytes = Records.request([(name: "CONTENT_LENGTH", value: "90000")], body: body)
        var peers: [Int32] = []
        defer { for peer in peers { close(peer) } }
        for count in [bytes.count / 2, bytes.count] {
            var pair: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            peers.append(pair[0])
            var patience = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            try #require(write(pair[0], bytes, count) == count)
            let socket = pair[1]
            loop.execute { server.accept(socket, speaking: .fastCGI) }
        }
        let thread = try loop.runOnThread()
        func answer(of peer: Int32) -> String {
            var answer = [UInt8](repeating: 0, count: 1024)
            let count = read(peer, &answer, answer.count)
            return String(decoding: answer.prefix(max(0, count)).dropFirst(8).prefix(11), as: UTF8.self)
        }
        #expect(answer(of: peers[1]) == "Status: 200")
        // It is answered when all of it came.
        let rest = Array(bytes.dropFirst(bytes.count / 2))
        try #require(write(peers[0], rest, rest.count) == rest.count)
        #expect(answer(of: peers[0]) == "Status: 503")
        loop.execute { server.drain { loop.stop() } }
        pthread_join(thread, nil)
    }
}
