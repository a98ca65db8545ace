import CCurl
import EventLoop
import Glibc

/// One request under way: libcurl's callbacks on one side, the waiting task on the other. Used on the loop's thread.
final class HTTPTransfer: HTTPBodySource, @unchecked Sendable {
    // What every piece of a body touches stands together, in as few cache lines as may be.
    /// Takes the body while the task waits; nil when pieces are gathered instead.
    private var receiver: (any HTTPBodyReceiver)?
    private var lastProgress: UInt64 = 0
    private var receiverStopped = false

    let client: HTTPClient
    private var handle: CurlHandle?
    private(set) var request: HTTPRequest
    private var status = 0
    private var headers = HTTPHeaders()
    private var isHeadComplete = false
    /// The next line is the status line of a head, of which interim responses have one each.
    private var isHeadBeginning = true
    private var received: [UInt8] = []
    /// libcurl was told not to read for now.
    private(set) var isPaused = false
    private var outcome: Result<Void, HTTPError>?
    private var refusedAddress: String?
    /// For a host that a client named.
    private var isLookingUp = false

    /// The task that waits for the head, for more of the body, or for its receiver to stop.
    private var waiter: UnsafeContinuation<Void, Never>?
    private var idleTimer: LoopTimer?
    /// Bytes of the request's body, and how many of them had been sent when silence was last looked at.
    private var bodySize: curl_off_t = 0
    private var sentBytes: curl_off_t = 0
    /// All that matters of the body has come.
    private var isEnding = false

    /// Bytes that may lie here unread before libcurl is told to stop reading from the upstream.
    private static let highWater = 64 * 1024
    /// Nanoseconds for all of an error's body: the status says enough.
    private static let errorPatience: UInt64 = 10_000_000_000
    /// Nanoseconds for the mere end of a body.
    private static let endPatience: UInt64 = 1_000_000_000
    /// Bytes that are sent at once, so that their way is not watched.
    private static let shortBody = 64 * 1024
    /// Nanoseconds between looks at what of a body was sent.
    private static let sendingStep: UInt64 = 1_000_000_000

    init(_ request: HTTPRequest, client: HTTPClient) {
        self.request = request
        self.client = client
    }

    /// For error texts.
    var host: String {
        var rest = request.url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(authority.split(separator: "@").last ?? authority)
    }

    var isConnected: Bool {
        guard let handle else { return false }
        var time: curl_off_t = 0
        // TLS included: zero until the connection can carry a request.
        curl_easy_get_offset(handle.pointer, CURLINFO_PRETRANSFER_TIME_T, &time)
        return time > 0
    }

    /// The status by which a proxy refused to connect to the host.
    var proxyRefusal: Int? {
        guard let handle else { return nil }
        var status = 0
        curl_easy_get_long(handle.pointer, CURLINFO_HTTP_CONNECTCODE, &status)
        return status >= 300 ? status : nil
    }

    // MARK: The waiting task's side

    func start() throws(HTTPError) {
        handle = try client.add(self, request)
        if request.addressPolicy != .any {
            isLookingUp = true
            client.lookups.begin()
        }
        if request.body.count > Self.shortBody { bodySize = curl_off_t(request.body.count) }
        // libcurl has a pointer to it; the handle has pinned it.
        request.body = []
        startIdleTimer()
    }

    func head() async throws(HTTPError) -> HTTPResponse {
        while !isHeadComplete {
            if case .failure(let error) = outcome { throw error }
            if outcome != nil { throw .protocolError("the response has no head") }
            await wait()
        }
        guard status >= 200 else {
            let error = HTTPError.protocolError("the answer is not HTTP")
            end(.failure(error))
            throw error
        }
        return HTTPResponse(status: status, headers: headers, body: HTTPBody(self))
    }

    func next() async throws(HTTPError) -> [UInt8]? {
        while true {
            if !received.isEmpty {
                let bytes = received
                received = []
                resumeReading()
                return bytes
            }
            switch outcome {
            case .success: return nil
            case .failure(let error): throw error
            case nil: await wait()
            }
        }
    }

    func pass(to receiver: any HTTPBodyReceiver) async throws(HTTPError) -> Bool {
        while true {
            if !received.isEmpty {
                let bytes = received
                received = []
                resumeReading()
                if !receiver.receive(bytes) { return true }
                continue
            }
            switch outcome {
            case .success: return false
            case .failure(let error): throw error
            case nil:
                self.receiver = receiver
                await withTaskCancellationHandler {
                    await wait()
                } onCancel: {
                    cancel()
                }
                self.receiver = nil
            }
            guard !receiverStopped else {
                receiverStopped = false
                return true
            }
        }
    }

    /// From any thread: a body may be let go of anywhere.
    func cancel() {
        client.loop.execute { self.end(.failure(.cancelled)) }
    }

    private func wait() async {
        await withUnsafeContinuation { continuation in
            guard outcome == nil else { return continuation.resume() }
            waiter = continuation
        }
    }

    private func wakeWaiter() {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume()
    }

    // MARK: libcurl's side

    /// A line of the response head.
    func receiveHeader(_ line: UnsafeRawBufferPointer) {
        if isHeadComplete { return }
        let line = UnsafeRawBufferPointer(rebasing: line[..<line.endOfText])
        if line.isEmpty {
            // Behind an interim response the real one comes; behind 101, that nobody asked for, no other.
            guard status == 101 || !(100..<200).contains(status) else {
                isHeadBeginning = true
                return
            }
            isHeadComplete = true
            lastProgress = EventLoop.now()
            if isError { startIdleTimer() }
            handle?.freeSentBody()
            wakeWaiter()
        } else if isHeadBeginning {
            isHeadBeginning = false
            headers.removeAll()
            status = line.statusCode
        } else {
            headers.append(line)
        }
    }

    /// Bytes of the body; false to be asked again later.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let receiver {
            lastProgress = EventLoop.now()
            if !receiver.receive(Array(bytes)) {
                self.receiver = nil
                receiverStopped = true
                wakeWaiter()
            }
            return true
        }
        guard received.count < Self.highWater else {
            isPaused = true
            // The upstream is not silent, its reader is.
            idleTimer?.clear()
            return false
        }
        if !isError { lastProgress = EventLoop.now() }
        received.append(contentsOf: bytes)
        wakeWaiter()
        return true
    }

    private func resumeReading() {
        guard isPaused, let handle else { return }
        isPaused = false
        if !isError { lastProgress = EventLoop.now() }
        startIdleTimer()
        // libcurl calls back with what it holds, and goes on reading with the loop's next turn.
        curl_easy_pause(handle.pointer, CURLPAUSE_CONT)
    }

    /// Whether a connection to this address may be made; asked for the address that was resolved.
    func allows(_ address: UnsafePointer<sockaddr>) -> Bool {
        endLookup(isAbandoned: false)
        guard case .publicOnly(let networks) = request.addressPolicy else { return true }
        let address = IPAddress(address)
        if let address, address.isPublic || networks.contains(where: { $0.contains(address) }) { return true }
        refusedAddress = address?.description ?? "unknown"
        return false
    }

    private func endLookup(isAbandoned: Bool) {
        guard isLookingUp else { return }
        isLookingUp = false
        if isAbandoned { client.lookups.abandon(now: EventLoop.now()) } else { client.lookups.end() }
    }

    func complete(_ result: CURLcode) {
        guard result != CURLE_OK else { return end(.success(())) }
        if let refusedAddress { return end(.failure(.addressNotAllowed(refusedAddress))) }
        end(.failure(error(for: result)))
    }

    private func end(_ outcome: Result<Void, HTTPError>) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        idleTimer?.invalidate()
        idleTimer = nil
        receiver = nil
        if let handle {
            let isUnknown = if case .failure(.hostNotFound) = outcome { true } else { false }
            endLookup(isAbandoned: !isUnknown)
            self.handle = nil
            client.remove(handle)
        }
        wakeWaiter()
    }

    // MARK: Silence

    private func startIdleTimer() {
        // libcurl may call back once more while it is at work.
        guard outcome == nil else { return }
        if idleTimer == nil {
            lastProgress = EventLoop.now()
            idleTimer = LoopTimer(loop: client.loop) { [unowned self] in checkSilence() }
        }
        idleTimer?.set(at: nextLook)
    }

    func expectEnd() {
        guard !isEnding, outcome == nil else { return }
        isEnding = true
        lastProgress = EventLoop.now()
        idleTimer?.set(at: deadline)
    }

    private var isError: Bool { status >= 300 }

    private var isSending: Bool { !isHeadComplete && sentBytes < bodySize }

    private var deadline: UInt64 {
        var patience = request.idleTimeout.nanoseconds
        if isError { patience = min(patience, Self.errorPatience) }
        if isEnding { patience = min(patience, Self.endPatience) }
        return lastProgress &+ patience
    }

    /// When silence is to be looked for: often while a long body is sent, since libcurl does not tell of its progress.
    private var nextLook: UInt64 {
        isSending
            ? min(deadline, EventLoop.now() &+ min(Self.sendingStep, request.idleTimeout.nanoseconds / 8)) : deadline
    }

    private func checkSilence() {
        if isSending, let handle {
            var sent: curl_off_t = 0
            curl_easy_get_offset(handle.pointer, CURLINFO_SIZE_UPLOAD_T, &sent)
            if sent > sentBytes { lastProgress = EventLoop.now() }
            sentBytes = sent
        }
        if deadline > EventLoop.now() { idleTimer?.set(at: nextLook) } else { end(.failure(.timeout)) }
    }
}
