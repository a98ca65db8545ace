import DIAL
import HTTPClient

/// Fetches the files that a request refers to.
///
/// DIAL's storage gets the request's api key; every other address gets no credentials and must be public, also after
/// redirects and DNS. Source: DIAL API, "link forms and resolution".
struct AttachmentDownloader: AttachmentLoader {
    let transport: any HTTPTransport
    let storage: FileStorage?
    let apiKey: String
    let trace: TraceContext?
    let limits: AttachmentLimits
    /// Of one request, which may have several prompts.
    private let spent = AttachmentsSpent()

    private static let redirectLimit = 5

    var totalLimit: Int { limits.totalBytes }

    func load(url: String) async throws(DIALError) -> [UInt8] {
        var link = try AttachmentLink(resolving: url, storage: storage)
        let started = ContinuousClock.now
        for hop in 0...Self.redirectLimit {
            var request: HTTPRequest
            switch link {
            case .data(let data): return try data.decoded()
            case .storage(let url): request = storageRequest(url)
            case .external(let url): request = publicRequest(url)
            }
            if hop == 0 { try spent.begin(limits) }
            // Redirects and all: a chain of slow servers must not multiply it.
            let left = .seconds(limits.seconds) - (ContinuousClock.now - started)
            guard left > .zero else { throw Self.failure(.timeout) }
            request.totalTimeout = left
            let response = try await send(request)
            guard let location = redirect(response) else {
                let file = try await file(response, link)
                try spent.end(file.count, limits)
                return file
            }
            link = try self.link(to: location, from: link, at: request.url)
        }
        throw .validation("The file URL has too many redirects")
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
        let headers = [("api-key", apiKey)] + (trace?.headers ?? [])
        return HTTPRequest(method: "GET", url: url, headers: headers.map(HTTPHeader.init))
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

    private func file(_ response: HTTPResponse, _ link: AttachmentLink) async throws(DIALError) -> [UInt8] {
        guard (200..<300).contains(response.status) else { throw refusal(response.status, link) }
        do throws(HTTPError) {
            if let length = response.headers["content-length"].flatMap({ Int($0) }), length > limits.bytes {
                throw .tooLarge(limit: limits.bytes)
            }
            return try await response.body.collect(limit: limits.bytes)
        } catch {
            throw Self.failure(error)
        }
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
        let path = storage.map { url.dropFirst($0.apiURL.count) } ?? url[...]
        return String(path.prefix { $0 != "?" })
    }

    private static func failure(_ error: HTTPError) -> DIALError {
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

/// What a request has had downloaded. Used on the request's loop.
private final class AttachmentsSpent: @unchecked Sendable {
    private var files = 0
    private var bytes = 0

    func begin(_ limits: AttachmentLimits) throws(DIALError) {
        files += 1
        guard files <= AttachmentDownloader.fileLimit else { throw .tooManyFiles(AttachmentDownloader.fileLimit) }
        try check(limits)
    }

    func end(_ count: Int, _ limits: AttachmentLimits) throws(DIALError) {
        bytes += count
        try check(limits)
    }

    private func check(_ limits: AttachmentLimits) throws(DIALError) {
        guard bytes <= limits.totalBytes else { throw .filesTooLarge(limits.totalBytes) }
    }
}

/// What the operator allows of attachments.
struct AttachmentLimits: Sendable {
    /// Bytes of one file.
    var bytes: Int
    /// Bytes of all files of one request.
    var totalBytes: Int
    /// Time for one download, redirects included.
    var seconds: Double
    /// Where files may come from besides the public internet and DIAL.
    var networks: [IPNetwork]
}

extension AttachmentLimits {
    init(_ reader: inout EnvironmentReader) {
        bytes = reader.integer("DIAL_ADAPTER_MAX_ATTACHMENT_BYTES", default: 50 << 20, in: 1024...(1 << 31))
        totalBytes = reader.integer("DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL", default: 100 << 20, in: 1024...(1 << 33))
        seconds = reader.seconds("DIAL_ADAPTER_ATTACHMENT_TIMEOUT_SECONDS", default: 60, in: 0.1...3600) ?? 60
        networks = reader.networks("DIAL_ADAPTER_ATTACHMENT_NETWORKS")
    }
}

extension URLReference {
    /// The absolute form of a `Location` header. Source: RFC 3986, section 5.2.
    static func join(_ location: String, to base: String) -> String? {
        if URLReference.scheme(of: location) != nil { return location }
        guard let base = try? URLReference(base) else { return nil }
        if location.utf8.starts(with: "//".utf8) { return "\(base.scheme):\(location)" }
        let origin = "\(base.scheme)://\(base.host)" + (base.port.map { ":\($0)" } ?? "")
        let path = Substring(location.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        let rest = location[path.endIndex...]
        if path.isEmpty {
            let query = rest.utf8.first == UInt8(ascii: "?") ? "" : base.query.map { "?\($0)" } ?? ""
            return origin + (base.path.isEmpty ? "/" : base.path) + query + rest
        }
        if path.utf8.first == UInt8(ascii: "/") { return origin + withoutDots(path) + rest }
        let folder = base.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { base.path[...$0] } ?? "/"
        return origin + withoutDots(folder + path) + rest
    }

    /// `remove_dot_segments` of section 5.2.4; `path` begins with a slash.
    private static func withoutDots(_ path: Substring) -> String {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        var kept: [Substring] = []
        for segment in segments {
            switch dots(segment) {
            case 1: continue
            case 2: _ = kept.popLast()
            default: kept.append(Substring(segment))
            }
        }
        if let last = segments.last, dots(last) > 0 { kept.append("") }
        return "/" + kept.joined(separator: "/")
    }

    /// 1 for `.`, 2 for `..`, 0 for any other segment.
    private static func dots(_ segment: some Collection<UInt8>) -> Int {
        segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") } ? segment.count : 0
    }
}
