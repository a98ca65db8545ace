import CFastCGI
import CLinux
import EventLoop
import Glibc

/// libfcgi's share of one event loop: it frames the answers to all its requests.
///
/// libfcgi means a writer to belong to one request, whose beginning it has read, and holds 8 KiB for each. Here one writer
/// serves them all: before each record it is told the socket and the id of the request. An answer's end uses it up; the
/// next one is made from a pipe that already holds all that libfcgi reads. libfcgi only knows blocking calls; it never
/// blocks here, since the sockets do not, and answers are written in amounts that the kernel takes (`ResponseStream`).
final class LibFCGI: ResponseWriter {
    private let pipe: RequestPipe
    private let request = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
    private var isReady = false

    init() throws(SystemError) {
        pipe = try RequestPipe()
        FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        FCGX_Free(request, 0)
        request.deallocate()
    }

    /// Once per process, before any thread starts. libfcgi installs handlers for SIGTERM, SIGUSR1 and SIGPIPE where
    /// there are none; writes to a closed socket then end in an error instead of a signal.
    static func initialize() -> Bool {
        FCGX_Init() == 0
    }

    func write(_ head: [UInt8], _ bytes: UnsafeRawBufferPointer, to target: ResponseTarget, isLast: Bool) -> Bool {
        guard isReady || makeReady() else { return false }
        request.pointee.ipcFd = target.socket
        request.pointee.requestId = Int32(target.requestID)
        let isPut = head.withUnsafeBytes { put($0) } && put(bytes)
        let result = isLast ? FCGX_FClose(request.pointee.out) : FCGX_FFlush(request.pointee.out)
        // After a failure, too, the writer takes no more.
        isReady = isPut && result == 0 && !isLast
        return isPut && result == 0
    }

    private func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return true }
        return FCGX_PutStr(start, Int32(bytes.count), request.pointee.out) == Int32(bytes.count)
    }

    private func makeReady() -> Bool {
        FCGX_Free(request, 0)
        guard pipe.fill(with: Self.head) else { return false }
        request.pointee.keepConnection = 1
        request.pointee.ipcFd = pipe.output
        guard FCGX_Accept_r(request) == 0 else {
            // libfcgi closed what it read from.
            pipe.outputWasClosed()
            return false
        }
        // The error stream has to end before the answer; nothing is written to a stream that closes unused.
        FCGX_FClose(request.pointee.err)
        isReady = true
        return true
    }

    /// `BEGIN_REQUEST` for a responder on a connection that is kept, and the end of its parameters: the scanner has read
    /// those of the real request.
    private static let head: [UInt8] = [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 4, 0, 1, 0, 0, 0, 0]
}

/// The pipe through which libfcgi reads the head of a request.
final class RequestPipe {
    private var ends: (input: Int32, output: Int32)

    init() throws(SystemError) {
        ends = try Self.open()
    }

    deinit {
        close(ends.input)
        close(ends.output)
    }

    var output: Int32 { ends.output }

    /// - Returns: whether all bytes are in the pipe, so that reading them does not wait.
    func fill(with bytes: [UInt8]) -> Bool {
        write(ends.input, bytes, bytes.count) == bytes.count
    }

    func outputWasClosed() {
        close(ends.input)
        ends = (try? Self.open()) ?? (-1, -1)
    }

    private static func open() throws(SystemError) -> (input: Int32, output: Int32) {
        var descriptors: [Int32] = [-1, -1]
        try SystemError.check(linux_pipe(&descriptors), "pipe")
        return (descriptors[1], descriptors[0])
    }
}
