import EventLoop
import Testing

@testable import FastCGI

/// A server that has room for one body at a time.
@Suite struct WaitingBodyTests {
    private static let request = Records.request(
        [(name: "CONTENT_LENGTH", value: "90000")],
        body: [UInt8](repeating: 0x20, count: 90_000)
    )

    /// The server is the one that says nothing then.
    @Test func whoWaitsForRoomMayBeSilent() throws {
        let loop = try EventLoop()
        let limits = FastCGILimits(heldBytes: 100_000, silence: .milliseconds(100))
        let server = try ServerOnThread(loop: loop, limits: limits) { _, response in
            try? await loop.sleep(for: .milliseconds(400))
            response.start(status: 204, headers: [])
        }
        let started = EventLoop.now()
        let peers = [try server.connect(sending: Self.request), try server.connect(sending: Self.request)]
        for peer in peers { #expect(server.read(peer)?.isEmpty == false) }
        // One after the other.
        #expect(EventLoop.now() - started >= 800_000_000)
    }

    @Test func aBodyThatDoesNotComeMakesRoomForOthers() throws {
        let limits = FastCGILimits(heldBytes: 100_000, patience: .seconds(2))
        let server = try ServerOnThread(loop: try EventLoop(), limits: limits) { request, response in
            response.start(status: request.bodyFault == .noRoom ? 503 : 200, headers: [])
        }
        let half = Self.request.count / 2
        let slow = try server.connect(sending: Array(Self.request.prefix(half)))
        let quick = try server.connect(sending: Self.request)
        func status(_ peer: Int32) -> String {
            String(decoding: (server.read(peer) ?? []).dropFirst(8).prefix(11), as: UTF8.self)
        }
        #expect(status(quick) == "Status: 200")
        // It is answered when all of it came.
        try server.send(Array(Self.request.dropFirst(half)), slow)
        #expect(status(slow) == "Status: 503")
    }
}
