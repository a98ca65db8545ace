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
    let budget: AttachmentBudget

    private static let redirectLimit = 5

    func load(url: String) async throws(DIALError) -> LoadedAttachment {
        var link = try AttachmentLink(resolving: url, storage: storage)
        try budget.begin()
        for _ in 0...Self.redirectLimit {
            let request: HTTPRequest
            switch link {
            case .data(let data): return LoadedAttachment(bytes: try data.decoded(), contentType: data.mediaType)
            case .storage(let url): request = storageRequest(url)
            case .external(let url): request = publicRequest(url)
            }
            let response = try await send(request)
            guard let location = redirect(response) else { return try await file(response, link) }
            guard let target = URLReference.join(location, to: request.url) else {
                throw .validation("The file URL redirects to an address that cannot be used")
            }
            link = try AttachmentLink(resolving: target, storage: storage)
        }
        throw .validation("The file URL has too many redirects")
    }

    private func storageRequest(_ url: String) -> HTTPRequest {
        let headers = [("api-key", apiKey)] + (trace?.headers ?? [])
        var request = HTTPRequest(method: "GET", url: url, headers: headers.map(HTTPHeader.init))
        request.totalTimeout = .seconds(60)
        return request
    }

    private func publicRequest(_ url: String) -> HTTPRequest {
        var request = HTTPRequest(method: "GET", url: url)
        request.addressPolicy = .publicOnly
        // Through a proxy the address that is connected to would be the proxy's.
        request.useProxy = false
        request.totalTimeout = .seconds(60)
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

    private func file(_ response: HTTPResponse, _ link: AttachmentLink) async throws(DIALError) -> LoadedAttachment {
        guard (200..<300).contains(response.status) else { throw refusal(response.status, link) }
        do throws(HTTPError) {
            let bytes = try await response.body.collect(limit: budget.limit)
            budget.take(bytes.count)
            return LoadedAttachment(bytes: bytes, contentType: response.headers["content-type"])
        } catch {
            if case .tooLarge(let limit) = error { throw budget.exceeded(at: limit) }
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
        default: .upstream(status: 502, message: "The file could not be downloaded")
        }
    }
}

extension URLReference {
    /// The absolute form of a `Location` header. Source: RFC 3986, section 5.
    static func join(_ location: String, to base: String) -> String? {
        if URLReference.scheme(of: location) != nil { return location }
        guard let base = try? URLReference(base) else { return nil }
        if location.hasPrefix("//") { return "\(base.scheme):\(location)" }
        let origin = "\(base.scheme)://\(base.host)" + (base.port.map { ":\($0)" } ?? "")
        if location.hasPrefix("/") { return origin + location }
        let folder = base.path.lastIndex(of: "/").map { base.path[...$0] } ?? "/"
        return origin + folder + location
    }
}
