import CFastCGI
import CLinux
import EventLoop
import Glibc

/// libfcgi's share of one connection: it decodes the request's parameters and writes the answer's records.
///
/// libfcgi only knows blocking calls. It never blocks here: its input is a pipe that already holds the whole head of
/// the request, and its output goes to the socket in amounts that the kernel said it takes (`ResponseStream`).
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

    func begin(_ scanned: ScannedRequest) -> [(name: String, value: String)]? {
        let socket = request.pointee.ipcFd
        guard pipe.fill(with: Self.head(of: scanned)) else { return nil }
        request.pointee.keepConnection = 1
        request.pointee.ipcFd = pipe.output
        let result = FCGX_Accept_r(request)
        guard result == 0 else {
            // libfcgi closed what it read from.
            pipe.outputWasClosed()
            request.pointee.ipcFd = socket
            return nil
        }
        request.pointee.ipcFd = socket
        let parameters = copyParameters()
        // Both the reader's buffer of 8 KiB and the parameters' copies would stay for as long as the answer streams.
        FCGX_FreeStream(&request.pointee.in)
        return parameters
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
        let failed = FCGX_FClose(request.pointee.err) != 0
        return FCGX_FClose(request.pointee.out) == 0 && !failed
    }

    func reset() {
        FCGX_Free(request, 0)
    }

    private func copyParameters() -> [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        guard var next = request.pointee.envp else { return [] }
        while let entry = next.pointee {
            let bytes = UnsafeBufferPointer(
                start: UnsafeRawPointer(entry).assumingMemoryBound(to: UInt8.self),
                count: strlen(entry)
            )
            if let equals = bytes.firstIndex(of: 0x3D) {
                let name = String(decoding: bytes[..<equals], as: UTF8.self)
                let value = String(decoding: bytes[(equals + 1)...], as: UTF8.self)
                parameters.append((name, value))
            }
            next += 1
        }
        return parameters
    }

    /// `BEGIN_REQUEST` and the parameter stream, framed anew.
    private static func head(of scanned: ScannedRequest) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(scanned.parameters.count + 48)
        func appendHeader(type: UInt8, length: Int) {
            head.append(contentsOf: [
                1, type, UInt8(scanned.id >> 8), UInt8(scanned.id & 0xFF), UInt8(length >> 8), UInt8(length & 0xFF), 0,
                0,
            ])
        }
        appendHeader(type: 1, length: 8)
        head.append(contentsOf: [0, 1, scanned.keepsConnection ? 1 : 0, 0, 0, 0, 0, 0])
        var rest = scanned.parameters[...]
        while !rest.isEmpty {
            let piece = rest.prefix(65_535)
            appendHeader(type: 4, length: piece.count)
            head.append(contentsOf: piece)
            rest = rest.dropFirst(piece.count)
        }
        appendHeader(type: 4, length: 0)
        return head
    }
}

/// The pipe through which libfcgi reads the heads of a loop's requests, one at a time.
final class RequestPipe {
    private var ends: (input: Int32, output: Int32)
    private let capacity: Int

    init(capacity: Int) throws(SystemError) {
        self.capacity = capacity
        ends = try Self.open(capacity)
    }

    deinit {
        close(ends.input)
        close(ends.output)
    }

    var output: Int32 { ends.output }

    /// - Returns: whether all bytes are in the pipe, so that reading them does not wait.
    func fill(with bytes: [UInt8]) -> Bool {
        bytes.count <= capacity && write(ends.input, bytes, bytes.count) == bytes.count
    }

    func outputWasClosed() {
        close(ends.input)
        ends = (try? Self.open(capacity)) ?? (-1, -1)
    }

    private static func open(_ capacity: Int) throws(SystemError) -> (input: Int32, output: Int32) {
        var descriptors: [Int32] = [-1, -1]
        try SystemError.check(linux_pipe(&descriptors, Int32(capacity)), "pipe")
        return (descriptors[1], descriptors[0])
    }
}
