import CFastCGI
import CLinux
import EventLoop
import Glibc

/// libfcgi's share of one connection: it writes the answer's records.
///
/// libfcgi only knows blocking calls, and learns of a request by reading it. It never blocks here: its input is a pipe
/// that already holds what it will read, and its output goes to the socket in amounts that the kernel takes
/// (`ResponseStream`).
final class LibFCGI: ResponseWriter {
    private let pipe: RequestPipe
    private let request = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)

    init(socket: Int32, pipe: RequestPipe) {
        self.pipe = pipe
        FCGX_InitRequest(request, -1, 0)
        request.pointee.ipcFd = socket
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

    func begin(_ scanned: ScannedRequest) -> Bool {
        let socket = request.pointee.ipcFd
        guard pipe.fill(with: Self.head(of: scanned)) else { return false }
        request.pointee.keepConnection = 1
        request.pointee.ipcFd = pipe.output
        let result = FCGX_Accept_r(request)
        request.pointee.ipcFd = socket
        guard result == 0 else {
            // libfcgi closed what it read from.
            pipe.outputWasClosed()
            return false
        }
        // The reader's buffer of 8 KiB and the error stream would stay for as long as the answer streams; nothing is
        // written to a stream that closes unused.
        FCGX_FreeStream(&request.pointee.in)
        FCGX_FClose(request.pointee.err)
        FCGX_FreeStream(&request.pointee.err)
        return true
    }

    func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return true }
        return FCGX_PutStr(start, Int32(bytes.count), request.pointee.out) == Int32(bytes.count)
    }

    func flush() -> Bool {
        FCGX_FFlush(request.pointee.out) == 0
    }

    /// In one system call.
    func end() -> Bool {
        guard request.pointee.out != nil else { return false }
        return FCGX_FClose(request.pointee.out) == 0
    }

    func reset() {
        FCGX_Free(request, 0)
    }

    /// `BEGIN_REQUEST` and no parameters: the scanner has read them.
    private static func head(of scanned: ScannedRequest) -> [UInt8] {
        let id = [UInt8(scanned.id >> 8), UInt8(scanned.id & 0xFF)]
        return [1, 1, id[0], id[1], 0, 8, 0, 0] + [0, 1, scanned.keepsConnection ? 1 : 0, 0, 0, 0, 0, 0]
            + [1, 4, id[0], id[1], 0, 0, 0, 0]
    }
}

/// The pipe through which libfcgi reads the heads of a loop's requests, one at a time.
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
