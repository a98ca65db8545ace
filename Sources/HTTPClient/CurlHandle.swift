import CCurl
import Glibc

/// One of libcurl's easy handles, used for one transfer after the other. What libcurl points to lives here; options that
/// stay the same from one request to the next are set once.
final class CurlHandle {
    let pointer: UnsafeMutableRawPointer
    private var applied: Options?
    private let lines = HeaderLines()
    private var body: PinnedBytes?
    private unowned let client: HTTPClient
    private var url: ParsedURL?
    private var sends = 0
    /// libcurl took every option so far.
    private var isUsable = true
    /// What libcurl was built with.
    private let systemAuthorities: String?

    /// Whether the request was sent again, because a kept connection turned out to be dead. libcurl counts that over the
    /// whole life of a handle, and refuses it after five times.
    var hasSentAgain: Bool { sends > 1 }

    private struct Options: Equatable {
        let method: String
        let receiveBuffer: Int
        let connectTimeout: Duration
        let totalTimeout: Duration?
        let useProxy: Bool
        let certificateAuthorityFile: String?
        let isIsolated: Bool
    }

    init?(_ client: HTTPClient) {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        self.client = client
        var path: UnsafeMutablePointer<CChar>?
        curl_easy_get_string(pointer, CURLINFO_CAINFO, &path)
        systemAuthorities = path.map { String(cString: $0) }
        setConstantOptions()
        guard isUsable else { return nil }
    }

    deinit {
        curl_easy_cleanup(pointer)
    }

    /// The transfer under way, retained.
    var transfer: Unmanaged<HTTPTransfer>? { Self.transfer(of: pointer) }

    static func transfer(of handle: UnsafeMutableRawPointer) -> Unmanaged<HTTPTransfer>? {
        var context: UnsafeMutablePointer<CChar>?
        curl_easy_get_pointer(handle, CURLINFO_PRIVATE, &context)
        return context.map { Unmanaged.fromOpaque($0) }
    }

    /// Sets what a request asks for.
    /// - Throws: `HTTPError.invalidRequest`
    func apply(_ request: HTTPRequest, _ url: ParsedURL, for transfer: HTTPTransfer) throws(HTTPError) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PRIVATE] {
            check(curl_easy_set_pointer(pointer, option, context))
        }
        self.url = url
        sends = 0
        // A pooled connection to the same host may have been made under a laxer policy.
        check(curl_easy_set_long(pointer, CURLOPT_FRESH_CONNECT, request.addressPolicy != .any ? 1 : 0))
        check(curl_easy_set_string(pointer, CURLOPT_URL, request.url))
        check(curl_easy_set_pointer(pointer, CURLOPT_CURLU, UnsafeMutableRawPointer(url.pointer)))
        try lines.fill(with: request.headers)
        check(curl_easy_set_list(pointer, CURLOPT_HTTPHEADER, lines.list))
        apply(
            Options(
                method: request.method,
                receiveBuffer: request.receiveBuffer,
                connectTimeout: request.connectTimeout,
                totalTimeout: request.totalTimeout,
                useProxy: request.useProxy,
                certificateAuthorityFile: request.certificateAuthorityFile,
                isIsolated: request.addressPolicy != .any
            )
        )
        if request.method != "GET" { set(request.body) }
        guard isUsable else { throw .invalidRequest("libcurl refused an option") }
    }

    private func set(_ content: [UInt8]) {
        // libcurl keeps the pointer for as long as the transfer lives.
        let body = client.pin(content)
        self.body = body
        check(curl_easy_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        check(curl_easy_set_pointer(pointer, CURLOPT_POSTFIELDS, body.start))
    }

    private func apply(_ options: Options) {
        guard options != applied else { return }
        applied = options
        // Refused where a transfer that never connected has left its buffer: one of another size will do.
        curl_easy_set_long(pointer, CURLOPT_BUFFERSIZE, options.receiveBuffer)
        check(curl_easy_set_long(pointer, CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds))
        check(curl_easy_set_long(pointer, CURLOPT_TIMEOUT_MS, options.totalTimeout?.milliseconds ?? 0))
        check(curl_easy_set_string(pointer, CURLOPT_NOPROXY, options.useProxy ? nil : "*"))
        check(curl_easy_set_string(pointer, CURLOPT_CAINFO, options.certificateAuthorityFile ?? systemAuthorities))
        check(curl_easy_set_long(pointer, CURLOPT_FORBID_REUSE, options.isIsolated || !client.keepsConnections ? 1 : 0))
        switch options.method {
        case "GET":
            check(curl_easy_set_long(pointer, CURLOPT_HTTPGET, 1))
            check(curl_easy_set_string(pointer, CURLOPT_CUSTOMREQUEST, nil))
        default:
            check(curl_easy_set_long(pointer, CURLOPT_POST, 1))
            check(curl_easy_set_string(pointer, CURLOPT_CUSTOMREQUEST, options.method == "POST" ? nil : options.method))
        }
    }

    /// Lets go of a body that was sent to its end, to be called when the answer has begun: that may go on for minutes. A
    /// server may also answer before it has read everything.
    func freeSentBody() {
        var sent: curl_off_t = 0
        curl_easy_get_offset(pointer, CURLINFO_SIZE_UPLOAD_T, &sent)
        if let body, sent >= curl_off_t(body.count) { self.body = nil }
    }

    /// The transfer is over: libcurl has no more use for what it was given.
    func release() {
        // Not the body's option, which would make the next request a POST; that sets it before libcurl looks.
        check(curl_easy_set_list(pointer, CURLOPT_HTTPHEADER, nil))
        check(curl_easy_set_pointer(pointer, CURLOPT_CURLU, nil))
        check(curl_easy_set_pointer(pointer, CURLOPT_PRIVATE, nil))
        url = nil
        body = nil
    }

    private func setConstantOptions() {
        let configuration = client.configuration
        check(curl_easy_set_long(pointer, CURLOPT_NOSIGNAL, 1))
        // A transfer that is given up leaves the thread that resolves its host's name to itself; otherwise libcurl would wait
        // for it, and the loop with libcurl.
        check(curl_easy_set_long(pointer, CURLOPT_QUICK_EXIT, 1))
        check(curl_easy_set_string(pointer, CURLOPT_PROTOCOLS_STR, "http,https"))
        check(curl_easy_set_long(pointer, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)))
        check(curl_easy_set_long(pointer, CURLOPT_FOLLOWLOCATION, 0))
        check(curl_easy_set_long(pointer, CURLOPT_PATH_AS_IS, 1))
        // A proxy's answer to CONNECT would pass for the server's.
        check(curl_easy_set_long(pointer, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1))
        check(curl_easy_set_long(pointer, CURLOPT_TCP_KEEPALIVE, 1))
        check(curl_easy_set_long(pointer, CURLOPT_TCP_KEEPIDLE, 50))
        check(curl_easy_set_long(pointer, CURLOPT_TCP_KEEPINTVL, 30))
        check(curl_easy_set_long(pointer, CURLOPT_TCP_NODELAY, 1))
        check(curl_easy_set_long(pointer, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
        // Seconds. AWS's load balancers close idle connections after 350.
        check(curl_easy_set_long(pointer, CURLOPT_MAXAGE_CONN, 60))
        if !configuration.userAgent.isEmpty {
            check(curl_easy_set_string(pointer, CURLOPT_USERAGENT, configuration.userAgent))
        }
        check(curl_easy_set_pointer(pointer, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(client).toOpaque()))
        setCallbacks()
    }

    private func setCallbacks() {
        check(
            curl_easy_set_data_function(pointer, CURLOPT_HEADERFUNCTION) { data, size, count, context in
                guard let data, let context else { return 0 }
                let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
                Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue().receiveHeader(bytes)
                return bytes.count
            }
        )
        check(
            curl_easy_set_data_function(pointer, CURLOPT_WRITEFUNCTION) { data, size, count, context in
                guard let data, let context else { return 0 }
                let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
                let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.receiveBody(bytes) ? bytes.count : Int(CURL_WRITEFUNC_PAUSE)
            }
        )
        check(curl_easy_set_pointer(pointer, CURLOPT_PREREQDATA, Unmanaged.passUnretained(self).toOpaque()))
        check(
            curl_easy_set_prereq_function(pointer) { context, _, _, _, _ in
                guard let context else { return Int32(CURL_PREREQFUNC_ABORT) }
                Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue().willSend()
                return Int32(CURL_PREREQFUNC_OK)
            }
        )
        check(
            curl_easy_set_open_socket_function(pointer) { context, _, address in
                guard let context, let address else { return CURL_SOCKET_BAD }
                let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
                let allowed = withUnsafePointer(to: &address.pointee.addr) { transfer.allows($0) }
                guard allowed else { return CURL_SOCKET_BAD }
                let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
                let made = socket(address.pointee.family, type, address.pointee.protocol)
                transfer.client.socketDidOpen(made)
                // After a TLS handshake the kernel lets an acknowledgement wait for the next event, up to 40 ms; without TLS it
                // would answer each small event of a stream with a packet.
                var isImmediate: Int32 = 0
                setsockopt(made, Int32(IPPROTO_TCP), TCP_QUICKACK, &isImmediate, socklen_t(MemoryLayout<Int32>.size))
                return made
            }
        )
        check(
            curl_easy_set_close_socket_function(pointer) { context, socket in
                guard let context else { return 0 }
                Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue().socketWillClose(socket)
                return close(socket)
            }
        )
    }

    /// Where a kept connection is dead, libcurl would go on to the next kept one; a server that reads and closes would get the
    /// request five times. On a new connection it tries no more.
    private func willSend() {
        sends += 1
        check(curl_easy_set_long(pointer, CURLOPT_FRESH_CONNECT, 1))
    }

    private func check(_ result: CURLcode) {
        if result != CURLE_OK { isUsable = false }
    }
}
