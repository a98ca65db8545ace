import CFastCGI
import CLinux
import EventLoop
import Glibc

/// libfcgi's share of one event loop: it frames the answers to all its requests.
///
/// libfcgi means a writer to belong to one request, whose beginning it has read, and holds 8 KiB for each. Here one writer
/// serves them all: before each record it is told the socket and the id of the request. An answer's end uses it up; the
/// next one is made from a file in memory that holds all that libfcgi reads. libfcgi only knows blocking calls; it never
/// blocks here, since the sockets do not, and answers are written in amounts that the kernel takes (`ResponseStream`).
final class LibFCGI: ResponseWriter {
    private let requestHead: RequestHead
    private let request = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
    private var isReady = false

    init() throws(SystemError) {
        requestHead = try RequestHead()
        FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        FCGX_Free(request, 0)
        request.deallocate()
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
        guard requestHead.rewind() else { return false }
        request.pointee.keepConnection = 1
        request.pointee.ipcFd = requestHead.descriptor
        guard FCGX_Accept_r(request) == 0 else {
            // libfcgi closed what it read from.
            requestHead.descriptorWasClosed()
            return false
        }
        // The error stream has to end before the answer; nothing is written to a stream that closes unused.
        FCGX_FClose(request.pointee.err)
        isReady = true
        return true
    }
}

extension FastCGIServer {
    /// Prepares libfcgi. Once per process, before any thread starts and after the program's own signal handling is in
    /// place: libfcgi installs handlers for SIGTERM, SIGUSR1 and SIGPIPE where there are none; writes to a closed socket
    /// then end in an error instead of a signal.
    /// - Returns: whether it could be.
    public static func prepareProcess() -> Bool {
        FCGX_Init() == 0
    }
}

/// What libfcgi reads as the beginning of a request: a file in memory, since it reads from descriptors only.
private final class RequestHead {
    private(set) var descriptor: Int32

    init() throws(SystemError) {
        descriptor = try Self.open()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// - Returns: whether the next read begins at the first byte.
    func rewind() -> Bool {
        if descriptor < 0 { descriptor = (try? Self.open()) ?? -1 }
        return lseek(descriptor, 0, SEEK_SET) == 0
    }

    func descriptorWasClosed() {
        descriptor = -1
    }

    private static func open() throws(SystemError) -> Int32 {
        let descriptor = linux_memory_file("request head")
        try SystemError.check(descriptor, "memfd_create")
        let written = write(descriptor, bytes, bytes.count)
        guard written == bytes.count else {
            let error = SystemError("write", code: written < 0 ? errno : EIO)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// `BEGIN_REQUEST` for a responder on a connection that is kept, and the end of its parameters: the scanner has read
    /// those of the real request.
    private static let bytes: [UInt8] = [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 4, 0, 1, 0, 0, 0, 0]
}
