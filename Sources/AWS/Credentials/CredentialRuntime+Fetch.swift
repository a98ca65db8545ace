import HTTPClient

extension CredentialRuntime {
    /// A complete answer.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    enum FetchResult: Sendable {
        case answer(Answer)
        case failed(HTTPError)

        /// Nil unless the status is 200 and there is a body.
        var body: [UInt8]? {
            guard case .answer(let answer) = self, answer.status == 200, !answer.body.isEmpty else { return nil }
            return answer.body
        }

        /// For the log.
        var summary: String {
            switch self {
            case .answer(let answer): "status \(answer.status)"
            case .failed(let error): "\(error)"
            }
        }
    }

    /// Credentials are small; a longer answer is none.
    private static let bodyLimit = 256 * 1024

    /// One attempt.
    /// - Throws: `.cancelled` only.
    func fetch(_ request: HTTPRequest) async throws(AWSCredentialError) -> FetchResult {
        do throws(HTTPError) {
            let response = try await transport.send(request)
            let body = try await response.body.collect(limit: Self.bodyLimit)
            return .answer(Answer(status: response.status, headers: response.headers, body: body))
        } catch {
            if error == .cancelled { throw AWSCredentialError(.cancelled) }
            return .failed(error)
        }
    }

    /// A request to a metadata service: near, quick, never through a proxy.
    func metadataRequest(
        _ method: String,
        _ url: String,
        headers: [HTTPHeader],
        timeout: Duration
    ) -> HTTPRequest {
        var request = HTTPRequest(method: method, url: url, headers: headers)
        request.connectTimeout = timeout
        request.idleTimeout = timeout
        request.totalTimeout = timeout * 2
        request.useProxy = false
        return request
    }
}

extension String {
    /// Fit for the value of a header: printable ASCII, not empty.
    var isPrintableASCII: Bool {
        !isEmpty && utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}
