import CCurl
import EventLoop
import Glibc

/// One of libcurl's sockets in the loop.
final class CurlSocket: ReadinessHandler {
    private let socket: Int32
    private unowned let client: HTTPClient
    /// The client's: when that is deinitialised, libcurl closes its sockets.
    private let loop: EventLoop
    let isConnection: Bool
    private(set) var watched: Readiness?
    var state = State.active

    enum State {
        case active
        /// The transfer does not read for a while.
        case paused
        /// No transfer has it.
        case kept
    }

    init(_ socket: Int32, client: HTTPClient, isConnection: Bool) {
        self.socket = socket
        self.isConnection = isConnection
        self.client = client
        loop = client.loop
    }

    func watch(_ readiness: Readiness) {
        state = .active
        guard watched != readiness else { return }
        do {
            if watched == nil {
                try loop.watch(socket, for: readiness, handler: self)
            } else {
                try loop.rewatch(socket, for: readiness)
            }
            watched = readiness
        } catch {
            watched = nil
        }
    }

    func ready(_ readiness: Readiness) {
        guard state == .active else {
            unwatch()
            if state == .kept { discard() }
            return
        }
        var events: Int32 = 0
        if readiness.contains(.readable) { events |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { events |= CURL_CSELECT_OUT }
        if !readiness.isDisjoint(with: [.hangUp, .failed]) { events |= CURL_CSELECT_ERR }
        client.perform(socket, events)
    }

    /// The upstream closed a kept connection, or sent what nobody waits for: it would pass for the answer to the next request.
    /// libcurl looks for an end before it uses a connection again, and takes bytes for a sign of life.
    private func discard() {
        shutdown(socket, Int32(SHUT_RDWR))
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            while recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT)) > 0 {}
        }
    }

    func unwatch() {
        if watched != nil { loop.unwatch(socket) }
        watched = nil
    }

    func close() {
        if watched != nil { loop.forget(socket) }
        watched = nil
    }
}

extension Readiness {
    /// - Parameter action: `CURL_POLL_IN`, `CURL_POLL_OUT` or both.
    init(polling action: Int32) {
        self = []
        if action & CURL_POLL_IN != 0 { insert(.readable) }
        if action & CURL_POLL_OUT != 0 { insert(.writable) }
    }
}
