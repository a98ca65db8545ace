import CCurl
import EventLoop
import Glibc

/// One request under way: libcurl's callbacks on one side, the waiting task on the other. Used on the loop's thread.
final class HTTPTransfer: HTTPBodySource, @unchecked Sendable {
    private let request: HTTPRequest
    private let client: HTTPClient
    private var handle: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?

    private var status = 0
    private var headers = HTTPHeaders()
    private var isHeadComplete = false
    private var received: [UInt8] = []
    private var isPaused = false
    private var outcome: Result<Void, HTTPError>?
    private var refusedAddress: String?

    /// Takes the body while the task waits; nil when pieces are gathered instead.
    private var receiver: (any HTTPBodyReceiver)?
    private var receiverStopped = false
    /// The task that waits for the head, for more of the body, or for its receiver to stop.
    private var waiter: UnsafeContinuation<Void, Never>?
    private var idleTimer: LoopTimer?
    private var lastProgress: UInt64 = 0

    /// Bytes that may lie here unread before libcurl is told to stop reading from the upstream.
    private static let highWater = 64 * 1024

    init(_ request: HTTPRequest, client: HTTPClient) {
        self.request = request
        self.client = client
    }

    deinit {
        curl_slist_free_all(headerList)
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
        curl_easy_get_offset(handle, CURLINFO_PRETRANSFER_TIME_T, &time)
        return time > 0
    }

    // MARK: The waiting task's side

    func start() throws(HTTPError) {
        guard let handle = client.takeHandle() else { throw .invalidRequest("libcurl has no more handles") }
        self.handle = handle
        try setOptions(of: handle)
        guard client.add(self, handle) else {
            self.handle = nil
            throw .invalidRequest("libcurl refused the request")
        }
        startIdleTimer()
    }

    func head() async throws(HTTPError) -> HTTPResponse {
        while !isHeadComplete {
            if case .failure(let error) = outcome { throw error }
            if outcome != nil { throw .protocolError("the response has no head") }
            await wait()
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

    func cancel() {
        guard outcome == nil else { return }
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
        lastProgress = EventLoop.now()
        if isHeadComplete { return }
        let line = UnsafeRawBufferPointer(rebasing: line[..<line.endOfText])
        if line.isEmpty {
            // Interim responses such as 100 have a head of their own.
            guard status >= 200 else { return }
            isHeadComplete = true
            wakeWaiter()
        } else if line.starts(with: "HTTP/".utf8) {
            headers.removeAll()
            status = line.statusCode
        } else if let header = HTTPHeader(line) {
            headers.append(header)
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
        lastProgress = EventLoop.now()
        received.append(contentsOf: bytes)
        wakeWaiter()
        return true
    }

    private func resumeReading() {
        guard isPaused, let handle else { return }
        isPaused = false
        lastProgress = EventLoop.now()
        startIdleTimer()
        // libcurl calls back with what it holds, and goes on reading with the loop's next turn.
        curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    /// Whether a connection to this address may be made; asked for the address that was resolved.
    func allows(_ address: UnsafePointer<sockaddr>) -> Bool {
        guard case .publicOnly(let networks) = request.addressPolicy else { return true }
        let address = IPAddress(address)
        if let address, address.isPublic || networks.contains(where: { $0.contains(address) }) { return true }
        refusedAddress = address?.description ?? "unknown"
        return false
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
            self.handle = nil
            client.remove(handle, of: self)
        }
        wakeWaiter()
    }

    /// libcurl has no more use for what it was given.
    func handleIsRemoved() {
        curl_slist_free_all(headerList)
        headerList = nil
    }

    // MARK: Silence

    private func startIdleTimer() {
        if idleTimer == nil {
            lastProgress = EventLoop.now()
            idleTimer = LoopTimer(loop: client.loop) { [unowned self] in checkSilence() }
        }
        idleTimer?.set(at: lastProgress &+ request.idleTimeout.nanoseconds)
    }

    private func checkSilence() {
        let deadline = lastProgress &+ request.idleTimeout.nanoseconds
        if deadline > EventLoop.now() { idleTimer?.set(at: deadline) } else { end(.failure(.timeout)) }
    }

    // MARK: Options

    static func setConstantOptions(of handle: UnsafeMutableRawPointer, _ configuration: HTTPClient.Configuration) {
        curl_easy_set_long(handle, CURLOPT_NOSIGNAL, 1)
        curl_easy_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        curl_easy_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        curl_easy_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        curl_easy_set_long(handle, CURLOPT_PATH_AS_IS, 1)
        curl_easy_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        curl_easy_set_long(handle, CURLOPT_TCP_KEEPIDLE, 50)
        curl_easy_set_long(handle, CURLOPT_TCP_KEEPINTVL, 30)
        curl_easy_set_long(handle, CURLOPT_TCP_NODELAY, 1)
        curl_easy_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        curl_easy_set_long(handle, CURLOPT_MAXAGE_CONN, Int(configuration.idleLifetime.components.seconds))
        if !configuration.userAgent.isEmpty {
            curl_easy_set_string(handle, CURLOPT_USERAGENT, configuration.userAgent)
        }
        curl_easy_set_data_function(handle, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            guard let data, let context else { return 0 }
            let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
            Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue().receiveHeader(bytes)
            return bytes.count
        }
        curl_easy_set_data_function(handle, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            guard let data, let context else { return 0 }
            let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
            let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.receiveBody(bytes) ? bytes.count : Int(CURL_WRITEFUNC_PAUSE)
        }
        curl_easy_set_open_socket_function(handle) { context, _, address in
            guard let context, let address else { return CURL_SOCKET_BAD }
            let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
            let allowed = withUnsafePointer(to: &address.pointee.addr) { transfer.allows($0) }
            guard allowed else { return CURL_SOCKET_BAD }
            let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
            return socket(address.pointee.family, type, address.pointee.protocol)
        }
        curl_easy_set_close_socket_function(handle) { context, socket in
            guard let context else { return 0 }
            Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue().socketWillClose(socket)
            return close(socket)
        }
    }

    private func setOptions(of handle: UnsafeMutableRawPointer) throws(HTTPError) {
        guard request.url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalidRequest("the URL has blanks or characters that are not ASCII")
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_easy_set_pointer(handle, CURLOPT_HEADERDATA, context)
        curl_easy_set_pointer(handle, CURLOPT_WRITEDATA, context)
        curl_easy_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        curl_easy_set_pointer(handle, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(client).toOpaque())
        guard curl_easy_set_string(handle, CURLOPT_URL, request.url) == CURLE_OK else {
            throw .invalidRequest("the URL is not valid")
        }
        curl_easy_set_long(handle, CURLOPT_BUFFERSIZE, request.receiveBuffer)
        curl_easy_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
        curl_easy_set_long(handle, CURLOPT_TIMEOUT_MS, request.totalTimeout?.milliseconds ?? 0)
        curl_easy_set_string(handle, CURLOPT_NOPROXY, request.useProxy ? nil : "*")
        curl_easy_set_string(handle, CURLOPT_CAINFO, request.certificateAuthorityFile ?? Self.systemAuthorities)
        // A pooled connection to the same host may have been made under a laxer policy.
        let isolated = request.addressPolicy == .any ? 0 : 1
        curl_easy_set_long(handle, CURLOPT_FRESH_CONNECT, isolated)
        curl_easy_set_long(handle, CURLOPT_FORBID_REUSE, client.configuration.idleConnections == 0 ? 1 : isolated)
        try setHeaders(of: handle)
        setMethod(of: handle)
    }

    private func setHeaders(of handle: UnsafeMutableRawPointer) throws(HTTPError) {
        var list: UnsafeMutablePointer<curl_slist>?
        var line: [UInt8] = []
        line.reserveCapacity(512)
        for header in request.headers {
            guard header.name.isHeaderName, header.value.isHeaderValue else {
                curl_slist_free_all(list)
                throw .invalidRequest(
                    "the header \(header.name.isHeaderName ? header.name : "name") has characters that headers must not have"
                )
            }
            line.removeAll(keepingCapacity: true)
            line.append(contentsOf: header.name.utf8)
            // libcurl takes "Name;" for a header without value and "Name:" for its removal.
            line.append(contentsOf: header.value.isEmpty ? ";".utf8 : ": ".utf8)
            line.append(contentsOf: header.value.utf8)
            line.append(0)
            list = line.withUnsafeBytes { curl_slist_append(list, $0.bindMemory(to: CChar.self).baseAddress) } ?? list
        }
        list = curl_slist_append(list, "Expect:") ?? list
        headerList = list
        curl_easy_set_list(handle, CURLOPT_HTTPHEADER, list)
    }

    private func setMethod(of handle: UnsafeMutableRawPointer) {
        switch request.method {
        case "GET", "HEAD":
            curl_easy_set_long(handle, CURLOPT_HTTPGET, 1)
            curl_easy_set_long(handle, CURLOPT_NOBODY, request.method == "HEAD" ? 1 : 0)
            curl_easy_set_string(handle, CURLOPT_CUSTOMREQUEST, nil)
        default:
            curl_easy_set_long(handle, CURLOPT_NOBODY, 0)
            curl_easy_set_long(handle, CURLOPT_POST, 1)
            curl_easy_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method == "POST" ? nil : request.method)
            curl_easy_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            // libcurl keeps the pointer: `body` must not move while the transfer lives.
            body.copy(request.body)
            curl_easy_set_pointer(handle, CURLOPT_POSTFIELDS, body.start)
        }
    }

    private let body = PinnedBytes()

    /// Debian's bundle; libcurl's own default when a build without it runs elsewhere.
    private static let systemAuthorities: String? = {
        let path = "/etc/ssl/certs/ca-certificates.crt"
        return access(path, R_OK) == 0 ? path : nil
    }()
}
