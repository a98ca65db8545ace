import DIAL
import HTTPClient
import JSON
import Synchronization

/// Fetches the files that a request refers to.
///
/// DIAL's storage gets the request's api key; every other address gets no credentials and must be public, also after
/// redirects and DNS. Source: DIAL API, "link forms and resolution".
struct AttachmentDownloader: AttachmentLoader {
    let transport: any HTTPTransport
    /// The transport's; a long request is translated elsewhere.
    let executor: any TaskExecutor
    let storage: FileStorage?
    let apiKey: String
    let trace: TraceContext?
    let limits: AttachmentLimits
    /// Asks for room for so many bytes, on the transport's loop.
    let takeRoom: @Sendable (Int) -> Bool
    /// Of one request, which may have several prompts.
    private let spent = AttachmentsSpent()

    private static let redirectLimit = 5

    var totalLimit: Int { limits.totalBytes }

    func load(url: String) async throws(DIALError) -> [UInt8] {
        var file = try await withTaskExecutorPreference(executor) { () async throws(DIALError) in
            try await download(url)
        }
        if file.isCompressed {
            let size = file.bytes.count
            try await file.inflate(limit: limits.bytes)
            let more = max(0, file.bytes.count - size)
            try await withTaskExecutorPreference(executor) { () async throws(DIALError) in
                try await checkRoomOnLoop(more)
            }
        }
        try spent.end(file.bytes.count, limits)
        return file.bytes
    }

    /// Concurrent, or it would stay where it is called.
    @concurrent private func download(_ url: String) async throws(DIALError) -> DownloadedFile {
        var link = try AttachmentLink(resolving: url, storage: storage)
        let started = ContinuousClock.now
        for hop in 0...Self.redirectLimit {
            var request: HTTPRequest
            switch link {
            case .storage(let url): request = storageRequest(url)
            case .external(let url): request = publicRequest(url)
            }
            if hop == 0 { try spent.begin(limits) }
            // Redirects and all: a chain of slow servers must not multiply it.
            let left = .seconds(limits.seconds) - (ContinuousClock.now - started)
            guard left > .zero else { throw Self.failure(.timeout) }
            request.totalTimeout = left
            let response = try await send(request)
            guard let location = redirect(response) else { return try await file(response, link) }
            link = try self.link(to: location, from: link, at: request.url)
        }
        throw .validation("The file URL has too many redirects")
    }

    /// Concurrent, or it would stay where it is called.
    @concurrent private func checkRoomOnLoop(_ bytes: Int) async throws(DIALError) {
        try checkRoom(bytes)
    }

    /// - Throws: 503.
    private func checkRoom(_ bytes: Int) throws(DIALError) {
        guard takeRoom(bytes) else { throw .noRoom }
    }

    /// Where a redirect leads.
    ///
    /// Only DIAL itself may lead to DIAL's storage: a server elsewhere must not choose what is read with the request's key.
    private func link(
        to location: String,
        from link: AttachmentLink,
        at url: String
    ) throws(DIALError) -> AttachmentLink {
        guard let target = URLReference.join(location, to: url), URLReference.scheme(of: target) != nil,
            !DataURL.isDataURL(target)
        else { throw .validation("The file URL redirects to an address that cannot be used") }
        let next = try AttachmentLink(resolving: target, storage: storage)
        if case .external = link, case .storage(let url) = next { return .external(url: url) }
        return next
    }

    private func storageRequest(_ url: String) -> HTTPRequest {
        HTTPRequest(method: "GET", url: url, headers: [HTTPHeader("api-key", apiKey)] + (trace?.headers ?? []))
    }

    private func publicRequest(_ url: String) -> HTTPRequest {
        var request = HTTPRequest(method: "GET", url: url)
        request.addressPolicy = .publicOnly(besides: limits.networks)
        // Through a proxy the address that is connected to would be the proxy's.
        request.useProxy = false
        return request
    }

    private func redirect(_ response: HTTPResponse) -> String? {
        guard [301, 302, 303, 307, 308].contains(response.status) else { return nil }
        return response.headers["location"]
    }

    private func send(_ request: HTTPRequest) async throws(DIALError) -> HTTPResponse {
        do throws(HTTPError) {
            return try await transport.send(request)
        } catch {
            throw Self.failure(error)
        }
    }

    private func file(_ response: HTTPResponse, _ link: AttachmentLink) async throws(DIALError) -> DownloadedFile {
        guard (200..<300).contains(response.status) else { throw refusal(response.status, link) }
        let announced = response.headers["content-length"].flatMap { Int($0) }.map { max(0, $0) } ?? 0
        guard announced <= limits.bytes else { throw Self.failure(.tooLarge(limit: limits.bytes)) }
        try checkRoom(announced)
        let bytes: [UInt8]
        do throws(HTTPError) {
            bytes = try await response.body.collect(limit: limits.bytes)
        } catch {
            throw Self.failure(error)
        }
        try checkRoom(max(0, bytes.count - announced))
        return DownloadedFile(bytes: bytes, encoding: response.headers["content-encoding"])
    }

    private func refusal(_ status: Int, _ link: AttachmentLink) -> DIALError {
        let isClientError = (400..<500).contains(status)
        if case .storage(let url) = link {
            let text = "DIAL's file storage answered \(status) for the file \(name(of: url))"
            // DIAL Core granted the request access to its files: that one is missing is not the client's mistake.
            return isClientError ? .internalServerError(text) : .upstream(status: 502, message: text)
        }
        let text = "The server of the file URL answered \(status)"
        return isClientError
            ? .validation("\(text); check that the file exists and may be read")
            : .upstream(status: 502, message: text)
    }

    private func name(of url: String) -> String {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let base = storage?.apiURL.utf8, path.starts(with: base) else { return String(Substring(path)) }
        return String(Substring(path.dropFirst(base.count)))
    }

    fileprivate static func failure(_ error: HTTPError) -> DIALError {
        switch error {
        case .addressNotAllowed(let address):
            .validation("Downloading files from a non-public address (\(address)) is not allowed")
        case .hostNotFound(let host): .validation("Can't resolve the host of the file URL: \(host)")
        case .invalidRequest(let reason): .validation("The file URL can't be used: \(reason)")
        case .timeout, .connectTimeout:
            .upstream(status: 504, message: "The server of the file URL did not answer in time")
        case .tooLarge(let limit):
            .validation("The file is larger than \(limit) bytes, the limit set by DIAL_ADAPTER_MAX_ATTACHMENT_BYTES")
        case .cancelled: .cancelled
        case .tooManyLookups:
            .upstream(status: 503, message: "Too many file servers have names that nobody answers for; try again later")
        default: .upstream(status: 502, message: "The file could not be downloaded")
        }
    }
}

/// As it came.
private struct DownloadedFile {
    var bytes: [UInt8]
    /// `Content-Encoding`
    var encoding: String?

    /// By the header and by the content; one alone may say something of the file itself.
    var isCompressed: Bool {
        let name = encoding?.word?.lowercased()
        return (name == "gzip" || name == "x-gzip") && Gzip.begins(bytes)
    }

    /// Concurrent: never on the loop, where the file's request is translated elsewhere.
    @concurrent mutating func inflate(limit: Int) async throws(DIALError) {
        do throws(Gzip.Failure) {
            bytes = try Gzip.inflate(bytes, limit: limit)
        } catch {
            switch error {
            case .tooLarge: throw AttachmentDownloader.failure(.tooLarge(limit: limit))
            case .damaged: throw .validation("The file came compressed (gzip) and is damaged")
            }
        }
    }
}

/// What a request has had downloaded.
private final class AttachmentsSpent: Sendable {
    private struct Counts {
        var files = 0
        var bytes = 0
    }

    private let counts = Mutex(Counts())

    func begin(_ limits: AttachmentLimits) throws(DIALError) {
        try check(limits) { $0.files += 1 }
    }

    func end(_ count: Int, _ limits: AttachmentLimits) throws(DIALError) {
        try check(limits) { $0.bytes += count }
    }

    private func check(_ limits: AttachmentLimits, _ add: (inout Counts) -> Void) throws(DIALError) {
        let sum = counts.withLock { counts in
            add(&counts)
            return counts
        }
        guard sum.files <= AttachmentDownloader.fileLimit else { throw .tooManyFiles(AttachmentDownloader.fileLimit) }
        guard sum.bytes <= limits.totalBytes else { throw .filesTooLarge(limits.totalBytes) }
    }
}
