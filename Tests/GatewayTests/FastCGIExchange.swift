import EventLoop
import FastCGI
import Glibc
import JSON
import Synchronization
import Testing

/// One request to a FastCGI server that runs on a loop of its own, and the answer that a handler wrote.
struct FastCGIExchange {
    typealias Handler = @Sendable (EventLoop, ResponseStream) async throws -> Void

    let head: String
    let body: String

    private static let isPrepared = FastCGIServer.prepareProcess()

    /// Sends a request and reads the whole answer.
    static func run(_ handler: @escaping Handler) throws -> FastCGIExchange {
        let output = try exchange(handler) { socket in
            var bytes: [UInt8] = []
            while let content = try record(from: socket) { bytes += content }
            return bytes
        }
        let text = String(decoding: output, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        return FastCGIExchange(head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
    }

    /// Sends a request, goes away, and waits until the handler is done.
    static func leave(_ handler: @escaping Handler) throws {
        _ = try exchange(handler) { _ in [] }
    }

    /// The data of the events, in order; comments left out.
    var events: [String] {
        body.split(separator: "\n\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }

    var content: String { contents(of: 0) }

    func contents(of index: Int) -> String {
        events.compactMap { try? JSON(parsing: $0) }
            .flatMap { $0["choices"]?.arrayValue ?? [] }
            .filter { $0["index"] == .number(JSONNumber(index)) }
            .compactMap { $0["delta"]?["content"]?.stringValue }
            .joined()
    }

    private static func exchange(
        _ handler: @escaping Handler,
        _ body: (Int32) throws -> [UInt8]
    ) throws -> [UInt8] {
        #expect(isPrepared)
        let path = "/tmp/gateway-tests-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        let listener = try Listener(ListenAddress(parsing: "unix:\(path)"))
        let loop = try EventLoop()
        let failure = Mutex<(any Error)?>(nil)
        let server = try FastCGIServer(loop: loop) { _, response in
            do {
                try await handler(loop, response)
            } catch {
                failure.withLock { $0 = error }
            }
        }
        try server.listen([listener])
        let thread = try loop.runOnThread()
        let socket = try connected(to: path)
        let request: [UInt8] =
            [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [1, 4, 0, 1, 0, 0, 0, 0] + [1, 5, 0, 1, 0, 0, 0, 0]
        try #require(write(socket, request, request.count) == request.count)
        let answer = Result { try body(socket) }
        close(socket)
        // Ends with the last request.
        loop.execute { server.drain { loop.stop() } }
        pthread_join(thread, nil)
        listener.close()
        if let error = failure.withLock({ $0 }) { throw error }
        return try answer.get()
    }

    private static func connected(to path: String) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }

    /// The content of the next record of the answer, nil at its end.
    private static func record(from socket: Int32) throws -> [UInt8]? {
        let header = try exactly(8, from: socket)
        let content = try exactly(Int(header[4]) << 8 | Int(header[5]), from: socket)
        _ = try exactly(Int(header[6]), from: socket)
        return header[1] == 3 ? nil : content
    }

    private static func exactly(_ count: Int, from socket: Int32) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var position = 0
        while position < count {
            let received = bytes.withUnsafeMutableBytes {
                recv(socket, $0.baseAddress?.advanced(by: position), count - position, 0)
            }
            try #require(received > 0)
            position += received
        }
        return bytes
    }
}
