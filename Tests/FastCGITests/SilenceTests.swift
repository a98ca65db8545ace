import EventLoop
import Glibc
import Testing

@testable import FastCGI

/// A connection that says nothing is kept between requests and given up within one.
@Suite struct SilenceTests {
    /// With the flag to keep the connection.
    private static let request: [UInt8] =
        [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] + [1, 4, 0, 1, 0, 0, 0, 0] + [1, 5, 0, 1, 0, 0, 0, 0]

    @Test(arguments: [(0, false), (3, true), (16, true)])
    func bytesOfTheNextRequest(_ count: Int, _ isClosed: Bool) throws {
        let limits = FastCGILimits(silence: .milliseconds(100))
        let server = try ServerOnThread(loop: try EventLoop(), limits: limits) { _, response in
            response.start(status: 204, headers: [])
        }
        // In one piece: what follows the request is there before it is answered.
        let peer = try server.connect(
            sending: Self.request + Self.request.prefix(count),
            patience: isClosed ? .seconds(30) : .milliseconds(400)
        )
        #expect(server.read(peer)?.isEmpty == false)
        let end = server.read(peer)
        let reason = errno
        if isClosed { #expect(end == []) } else { #expect(end == nil && reason == EAGAIN) }
    }
}
