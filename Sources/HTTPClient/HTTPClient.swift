import CCurl
import EventLoop
import Glibc

/// libcurl on one event loop: connection pool, transfers, their sockets and timers. Used on the loop's thread.
public final class HTTPClient: HTTPTransport, @unchecked Sendable {
    /// How many connections a client keeps and makes; each client has a pool of its own.
    public struct Configuration: Sendable {
        /// Idle connections kept for reuse, all hosts together.
        public var idleConnections: Int
        /// The header `User-Agent`; empty for none.
        public var userAgent: String
        /// Transfers at a time; nil for no limit. More of them wait for their turn.
        public var maximumTransfers: Int?
        /// How long one waits for its turn before it fails with `HTTPError.poolExhausted`.
        public var queueTimeout: Duration

        public init(
            idleConnections: Int = 1000,
            userAgent: String = "",
            maximumTransfers: Int? = nil,
            queueTimeout: Duration = .seconds(10)
        ) {
            self.idleConnections = idleConnections
            self.userAgent = userAgent
            self.maximumTransfers = maximumTransfers
            self.queueTimeout = queueTimeout
        }
    }

    /// Everything of the client runs on its thread.
    public let loop: EventLoop
    let multi: UnsafeMutableRawPointer
    let configuration: Configuration
    private var sockets: [Int32: CurlSocket] = [:]
    private var idleHandles: [CurlHandle] = []
    private var urls = ParsedURLs()
    private lazy var timer = LoopTimer(loop: loop) { [unowned self] in perform(CURL_SOCKET_TIMEOUT, 0) }
    private var isPerforming = false
    /// Transfers that ended while libcurl was at work: it takes no handle out then, and may still call them back.
    private var endedMeanwhile: [CurlHandle] = []
    /// The last large one, while a transfer has it.
    private weak var largeBody: PinnedBytes?
    private let permits: ConnectionPermits?
    var lookups = HostLookups()

    /// Transfers that are under way.
    public private(set) var activeTransfers = 0

    /// Transfers that wait for others to end.
    public var waitingTransfers: Int { permits?.waitingCount ?? 0 }

    /// Prepares libcurl. Once per process, before any thread starts.
    ///
    /// libcurl reads proxies from the process's environment, and `http_proxy` in lower case only: as CGI variable the other
    /// spelling would be a header of the client. Here no client has a say in the environment.
    /// - Parameter environment: with the settings of an environment file.
    public static func prepareProcess(_ environment: [String: String] = [:]) -> Bool {
        for name in ["https_proxy", "http_proxy", "all_proxy", "no_proxy"] {
            if let value = environment[name] ?? environment[name.uppercased()] { setenv(name, value, 0) }
        }
        return curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
    }

    /// - Throws: `HTTPError.invalidRequest` when libcurl cannot start.
    public init(loop: EventLoop, configuration: Configuration = Configuration()) throws(HTTPError) {
        guard let multi = curl_multi_init() else { throw .invalidRequest("libcurl could not be started") }
        self.loop = loop
        self.multi = multi
        self.configuration = configuration
        permits = configuration.maximumTransfers.map { limit in
            ConnectionPermits(limit: limit, timeout: configuration.queueTimeout, loop: loop)
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
        curl_multi_set_socket_function(multi) { handle, socket, action, context, _ in
            guard let context else { return 0 }
            let isPaused = handle.flatMap(CurlHandle.transfer)?.takeUnretainedValue().isPaused ?? false
            let client = Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue()
            client.watch(socket, for: action, isPaused: isPaused)
            return 0
        }
        curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
        curl_multi_set_timer_function(multi) { _, milliseconds, context in
            guard let context else { return 0 }
            Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
            return 0
        }
        curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.idleConnections)
    }

    deinit {
        idleHandles = []
        curl_multi_cleanup(multi)
    }

    /// Returns when the head of the response is there; waits for its turn before. On the loop only.
    /// - Throws: `HTTPError`, `.poolExhausted`, `.tooManyLookups` and `.cancelled` among others.
    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        // Whatever is of libcurl would be damaged.
        precondition(loop.isCurrent)
        guard !Task.isCancelled else { throw .cancelled }
        if request.addressPolicy != .any { try await waitForLookup() }
        if let permits { try await permits.acquire() }
        let transfer = HTTPTransfer(request, client: self)
        do throws(HTTPError) {
            try transfer.start()
        } catch {
            permits?.release()
            throw error
        }
        return try await HTTPBody.cancelling(transfer) { () throws(HTTPError) in try await transfer.head() }
    }

    /// Most names are known within milliseconds: many downloads that begin at once wait for each other.
    private func waitForLookup() async throws(HTTPError) {
        for _ in 0..<50 {
            if lookups.mayBegin(now: EventLoop.now()) { return }
            do {
                try await loop.sleep(for: .milliseconds(10))
            } catch {
                throw .cancelled
            }
        }
        throw .tooManyLookups
    }

    // MARK: Handles

    var keepsConnections: Bool { configuration.idleConnections > 0 }

    /// A body as libcurl needs it. Choices of one answer send the same one at the same time: large ones share a copy.
    func pin(_ body: [UInt8]) -> PinnedBytes {
        guard body.count >= 64 * 1024 else { return PinnedBytes(body) }
        if let largeBody, largeBody.isCopy(of: body) { return largeBody }
        let copy = PinnedBytes(body)
        largeBody = copy
        return copy
    }

    /// Begins a transfer, which libcurl refers to until it is removed.
    /// - Throws: `HTTPError.invalidRequest`
    func add(_ transfer: HTTPTransfer, _ request: HTTPRequest) throws(HTTPError) -> CurlHandle {
        guard let handle = idleHandles.popLast() ?? CurlHandle(self) else {
            throw .invalidRequest("libcurl has no more handles")
        }
        try handle.apply(request, try urls.url(request.url), for: transfer)
        guard curl_multi_add_handle(multi, handle.pointer) == CURLM_OK else {
            throw .invalidRequest("libcurl refused the request")
        }
        _ = Unmanaged.passRetained(transfer)
        activeTransfers += 1
        return handle
    }

    /// Ends a transfer; one that is not complete loses its connection.
    func remove(_ handle: CurlHandle) {
        guard !isPerforming else { return endedMeanwhile.append(handle) }
        curl_multi_remove_handle(multi, handle.pointer)
        let transfer = handle.transfer
        handle.release()
        if idleHandles.count < 64, !handle.hasSentAgain { idleHandles.append(handle) }
        activeTransfers -= 1
        permits?.release()
        transfer?.release()
    }

    // MARK: Driving libcurl

    func perform(_ socket: Int32, _ events: Int32) {
        var running: Int32 = 0
        isPerforming = true
        curl_multi_socket_action(multi, socket, events, &running)
        isPerforming = false
        while let handle = endedMeanwhile.popLast() { remove(handle) }
        collectResults()
    }

    private func collectResults() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = curl_message_handle(message) else { continue }
            // The message is gone after the handle's removal.
            let result = curl_message_result(message)
            CurlHandle.transfer(of: handle)?.takeUnretainedValue().complete(result)
        }
    }

    private func setTimer(_ milliseconds: Int) {
        guard milliseconds >= 0 else { return timer.clear() }
        timer.set(after: .milliseconds(milliseconds))
    }

    private func watch(_ socket: Int32, for action: Int32, isPaused: Bool) {
        guard let entry = sockets[socket] else {
            guard action != CURL_POLL_REMOVE else { return }
            // One that libcurl has of its own, to hear from the thread that looks up names.
            let entry = CurlSocket(socket, client: self, isConnection: false)
            sockets[socket] = entry
            return entry.watch(Readiness(polling: action))
        }
        if action != CURL_POLL_REMOVE {
            entry.watch(Readiness(polling: action))
        } else if entry.isConnection, isPaused || entry.watched != .writable {
            // It will most likely be watched for the same again: it stays in epoll until it speaks.
            entry.state = isPaused ? .paused : .kept
        } else {
            // Sockets that were watched for writing alone never connected: libcurl closes them without a word.
            entry.unwatch()
            sockets[socket] = nil
        }
    }

    /// What is known of a new socket's number is of an earlier one: libcurl closes those that were never connected by itself.
    func socketDidOpen(_ socket: Int32) {
        guard socket >= 0 else { return }
        sockets[socket] = CurlSocket(socket, client: self, isConnection: true)
    }

    func socketWillClose(_ socket: Int32) {
        guard let entry = sockets.removeValue(forKey: socket) else { return }
        entry.close()
    }
}
