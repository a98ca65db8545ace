import CLinux

/// What `epoll` reports of a file descriptor, and what it is asked to watch for.
public struct Readiness: OptionSet, Sendable {
    /// The bits of `epoll_event.events`.
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Bytes, a connection to accept, or the end of what the peer sends.
    public static let readable = Readiness(rawValue: linux_epoll_readable)
    /// Room for more bytes.
    public static let writable = Readiness(rawValue: linux_epoll_writable)
    /// The peer closed its sending side.
    public static let peerClosed = Readiness(rawValue: linux_epoll_peer_closed)
    /// Both directions are closed; reported without being asked for.
    public static let hangUp = Readiness(rawValue: linux_epoll_hang_up)
    /// The descriptor holds an error; reported without being asked for.
    public static let failed = Readiness(rawValue: linux_epoll_failed)
    /// Report changes only, not states.
    public static let edgeTriggered = Readiness(rawValue: linux_epoll_edge_triggered)
    /// Wake one of the loops that share a listening socket, not all.
    public static let exclusive = Readiness(rawValue: linux_epoll_exclusive)
}

/// Something that reads or writes a file descriptor when the loop finds it ready. Called on the loop's thread.
public protocol ReadinessHandler: AnyObject {
    /// May watch, unwatch and close descriptors, its own too; must not block.
    func ready(_ readiness: Readiness)
}
