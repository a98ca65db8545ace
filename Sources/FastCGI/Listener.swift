import EventLoop
import Glibc

/// A listening socket, shared by all loops.
///
/// It is opened here and not by libfcgi, which takes over the address of a running instance and ends the process on
/// failure.
public final class Listener: Sendable {
    /// As it was given.
    public let address: ListenAddress
    /// Does not block; belongs to the listener until `close()`.
    public let descriptor: Int32
    /// Of a unix socket that was opened here.
    private let file: FileIdentity?

    private struct FileIdentity: Equatable, Sendable {
        let device: dev_t
        let number: ino_t

        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            (device, number) = (status.st_dev, status.st_ino)
        }
    }

    /// - Parameter mode: permissions of a unix socket.
    /// - Throws: with the failed call; `EADDRINUSE` when another program answers at the address.
    public init(_ address: ListenAddress, mode: mode_t = 0o660) throws(SystemError) {
        self.address = address
        switch address.socket {
        case .unix(let path):
            descriptor = try Self.openUnix(path, mode: mode)
            file = FileIdentity(path)
        case .tcp(let host, let port):
            descriptor = try Self.openTCP(host, port)
            file = nil
        case .descriptor(let number):
            descriptor = try Self.adopt(number)
            file = nil
        }
    }

    /// Opened here, and not handed over.
    var isOwn: Bool {
        if case .descriptor = address.socket { false } else { true }
    }

    /// Removes the file of a unix socket, so that nobody connects any more; another instance may take its place. One that has
    /// taken it already keeps its own.
    public func withdraw() {
        guard case .unix(let path) = address.socket, let file, file == FileIdentity(path) else { return }
        unlink(path)
    }

    /// Who waits to be accepted is turned away.
    public func close() {
        Glibc.close(descriptor)
    }

    private static let backlog: Int32 = 4096

    private static func openUnix(_ path: String, mode: mode_t) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        // A socket file that nobody answers at is what a crashed instance left; anything else there is in use.
        let probe = try SystemError.check(socket(AF_UNIX, streamType, 0), "socket")
        let isAnswered = withAddress(address) { connect(probe, $0, length) } == 0
        let reason = errno
        Glibc.close(probe)
        guard !isAnswered else { throw SystemError("bind \(path)", code: EADDRINUSE) }
        // Of a file that is no socket, too, the kernel says that the connection is refused.
        var file = stat()
        if reason == ECONNREFUSED, lstat(path, &file) == 0, file.st_mode & S_IFMT == S_IFSOCK { unlink(path) }

        let descriptor = try SystemError.check(socket(AF_UNIX, streamType, 0), "socket")
        do {
            try SystemError.check(withAddress(address) { bind(descriptor, $0, length) }, "bind \(path)")
            try SystemError.check(chmod(path, mode), "chmod \(path)")
            try SystemError.check(listen(descriptor, backlog), "listen \(path)")
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func openTCP(_ host: String, _ port: UInt16) throws(SystemError) -> Int32 {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var results: UnsafeMutablePointer<addrinfo>?
        var failure = SystemError("find the address of \(host)", code: EADDRNOTAVAIL)
        guard getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &results) == 0 else { throw failure }
        defer { freeaddrinfo(results) }
        // A name may have an address of a kind that the machine has not.
        var next = results
        while let address = next?.pointee {
            do throws(SystemError) {
                return try openTCP(address, "\(host):\(port)")
            } catch {
                failure = error
                guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.code) else { throw error }
            }
            next = address.ai_next
        }
        throw failure
    }

    private static func openTCP(_ address: addrinfo, _ name: String) throws(SystemError) -> Int32 {
        let descriptor = try SystemError.check(socket(address.ai_family, streamType, 0), "socket")
        do {
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            try SystemError.check(bind(descriptor, address.ai_addr, address.ai_addrlen), "bind \(name)")
            try SystemError.check(listen(descriptor, backlog), "listen \(name)")
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func adopt(_ descriptor: Int32) throws(SystemError) -> Int32 {
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let result = getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
        try SystemError.check(result, "use file descriptor \(descriptor)")
        guard isListening == 1 else {
            throw SystemError("use file descriptor \(descriptor), which is not listening", code: EINVAL)
        }
        let flags = try SystemError.check(fcntl(descriptor, F_GETFL), "fcntl")
        try SystemError.check(fcntl(descriptor, F_SETFL, flags | O_NONBLOCK), "fcntl")
        return descriptor
    }

    private static let streamType = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)

    private static func withAddress(_ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
        withUnsafeBytes(of: address) { bytes in
            guard let base = bytes.bindMemory(to: sockaddr.self).baseAddress else { return -1 }
            return body(base)
        }
    }
}
