import AWS
import HTTPClient

/// Sends calls to the models: signs, retries before the first byte, and frames the answer.
public struct UpstreamClient: Sendable {
    public struct Settings: Sendable {
        public var connectTimeout: Duration
        /// The longest silence of the upstream, before the first byte and between two.
        public var idleTimeout: Duration
        /// `AWS_CA_BUNDLE`
        public var certificateAuthorityFile: String?
        /// The longest answer of an operation that does not stream, in bytes.
        public var wholeAnswerLimit: Int

        public init(
            connectTimeout: Duration = .seconds(5),
            idleTimeout: Duration = .seconds(600),
            certificateAuthorityFile: String? = nil,
            wholeAnswerLimit: Int = 128 * 1024 * 1024
        ) {
            self.connectTimeout = connectTimeout
            self.idleTimeout = idleTimeout
            self.certificateAuthorityFile = certificateAuthorityFile
            self.wholeAnswerLimit = wholeAnswerLimit
        }
    }

    private let transport: any HTTPTransport
    private let anthropicTransport: any HTTPTransport
    private let settings: Settings
    private let clock: @Sendable () -> Double
    private let pause: @Sendable (Double) async -> Void

    /// - Parameters:
    ///   - anthropicTransport: for calls of that pool; `transport` when nil.
    ///   - clock: Unix time in seconds.
    ///   - pause: waits for a number of seconds.
    public init(
        transport: any HTTPTransport,
        anthropicTransport: (any HTTPTransport)? = nil,
        settings: Settings,
        clock: @escaping @Sendable () -> Double,
        pause: @escaping @Sendable (Double) async -> Void
    ) {
        self.transport = transport
        self.anthropicTransport = anthropicTransport ?? transport
        self.settings = settings
        self.clock = clock
        self.pause = pause
    }

    /// Returns when the upstream accepted the call.
    /// - Throws: `UpstreamError` with the upstream's own status and words.
    public func open(_ call: UpstreamCall, at upstream: Upstream) async throws(UpstreamError) -> UpstreamAnswer {
        var attempts = 0
        var hasRenewed = false
        while true {
            attempts += 1
            let attempt = try await send(call, at: upstream, attempts: attempts)
            let error: UpstreamError
            let failure: RetryPolicy.Failure
            switch attempt {
            case .accepted(let answer):
                return answer
            case .refused(let refusal):
                // Expired credentials and a wrong clock are put right once, besides the retries of the policy.
                if !hasRenewed, await renew(after: refusal) {
                    hasRenewed = true
                    attempts -= 1
                    continue
                }
                (error, failure) = (refusal.error, refusal.failure)
            case .failed(let transportError, let kind):
                (error, failure) = (transportError, kind)
            }
            let isCovered = upstream.retries.covers(failure)
            guard isCovered, attempts <= upstream.retries.retries, !Task.isCancelled else {
                var error = error
                error.exhaustedRetries = isCovered && upstream.retries.retries > 0
                throw error
            }
            await pause(upstream.retries.delay(after: failure, attempts: attempts, random: .random(in: 0..<1)))
        }
    }

    // MARK: One attempt

    private enum Attempt {
        case accepted(UpstreamAnswer)
        case refused(Refusal)
        case failed(UpstreamError, RetryPolicy.Failure)
    }

    private struct Refusal {
        let error: UpstreamError
        let failure: RetryPolicy.Failure
        let date: String?
        let host: String
        let signer: (provider: any AWSCredentialProvider, credentials: AWSCredentials)?
    }

    private func send(
        _ call: UpstreamCall,
        at upstream: Upstream,
        attempts: Int
    ) async throws(UpstreamError) -> Attempt {
        var request = HTTPRequest(method: "POST", url: upstream.baseURL + call.path)
        request.body = call.body
        request.connectTimeout = settings.connectTimeout
        request.idleTimeout = settings.idleTimeout
        // Events are small and streams are many.
        if call.operation.isStreaming { request.receiveBuffer = 2048 }
        request.headers = call.allHeaders
        let signer = try await authenticate(&request, call, upstream)
        if upstream.isAWS { request.certificateAuthorityFile = settings.certificateAuthorityFile }
        let transport = upstream.pool == .bedrock ? transport : anthropicTransport
        do throws(HTTPError) {
            let response = try await transport.send(request)
            guard !(200..<300).contains(response.status) else {
                return .accepted(
                    UpstreamAnswer(call.operation, response, limit: settings.wholeAnswerLimit, attempts: attempts)
                )
            }
            // An error text of more than this is not one.
            let body = try await response.body.collect(limit: 1 << 20)
            return .refused(
                refusal(call, response, body, attempts, host: upstream.host, signer: signer)
            )
        } catch {
            let failure: RetryPolicy.Failure =
                switch error {
                case .connectFailed, .hostNotFound, .connectTimeout, .connectionLost, .tls: .connection
                default: .timeout
                }
            return .failed(UpstreamError(error, operation: call.operation, attempts: attempts), failure)
        }
    }

    private func refusal(
        _ call: UpstreamCall,
        _ response: HTTPResponse,
        _ body: [UInt8],
        _ attempts: Int,
        host: String,
        signer: (any AWSCredentialProvider, AWSCredentials)?
    ) -> Refusal {
        let retryAfter = response.headers["retry-after"]
        let milliseconds = response.headers["retry-after-ms"]
        let error = UpstreamError(
            operation: call.operation,
            status: response.status,
            errorType: response.headers["x-amzn-errortype"],
            body: body,
            retryAfter: retryAfter,
            retryAfterMilliseconds: milliseconds,
            attempts: attempts
        )
        let wishes = RetryPolicy.ServerWishes(
            shouldRetry: response.headers["x-should-retry"].flatMap { ["true": true, "false": false][$0] },
            retryAfter: milliseconds.flatMap { Double($0) }.map { $0 / 1000 } ?? retryAfter.flatMap(seconds)
        )
        let failure = RetryPolicy.Failure.answer(status: response.status, code: error.code, wishes: wishes)
        return Refusal(error: error, failure: failure, date: response.headers["date"], host: host, signer: signer)
    }

    /// `Retry-After` is a number of seconds or a date.
    private func seconds(_ retryAfter: String) -> Double? {
        Double(retryAfter) ?? UTCTime.unixSeconds(httpDate: retryAfter).map { $0 - clock() }
    }

    // MARK: Authentication

    private func authenticate(
        _ request: inout HTTPRequest,
        _ call: UpstreamCall,
        _ upstream: Upstream
    ) async throws(UpstreamError) -> (any AWSCredentialProvider, AWSCredentials)? {
        switch upstream.authentication {
        case .anthropicKey(let key):
            request.headers.append(HTTPHeader("x-api-key", key))
            request.headers.append(HTTPHeader("anthropic-version", "2023-06-01"))
            return nil
        case .bearer(let key):
            request.headers.append(HTTPHeader("Authorization", "Bearer \(key)"))
            return nil
        case .signature(let provider):
            let credentials: AWSCredentials
            do throws(AWSCredentialError) {
                credentials = try await provider.credentials()
            } catch {
                throw UpstreamError(
                    kind: .transport,
                    status: error.status,
                    message: error.message,
                    operation: call.operation.name
                )
            }
            let now = clock() + ClockOffsets.shared.offset(forHost: upstream.host)
            do throws(SigV4Error) {
                request.headers += try SigV4Signer.shared.headers(
                    method: request.method,
                    url: request.url,
                    headers: request.headers,
                    body: request.body,
                    credentials: credentials,
                    region: upstream.signingRegion,
                    service: upstream.signingName,
                    unixSeconds: Int(now)
                )
            } catch {
                throw UpstreamError(
                    kind: .transport,
                    status: 500,
                    message: "The request could not be signed: \(error)",
                    operation: call.operation.name
                )
            }
            return (provider, credentials)
        }
    }

    /// Puts right what made AWS refuse the signature.
    /// - Returns: whether signing again may help.
    private func renew(after refusal: Refusal) async -> Bool {
        guard refusal.error.status == 403 || refusal.error.status == 400, let signer = refusal.signer else {
            return false
        }
        let code = refusal.error.code ?? ""
        if Self.expiredCodes.contains(code), signer.credentials.isTemporary {
            await signer.provider.invalidate(signer.credentials)
            return true
        }
        return ClockOffsets.mayBeSkew(code: code)
            && ClockOffsets.shared.learn(host: refusal.host, date: refusal.date, unixSeconds: clock())
    }

    private static let expiredCodes: Set<String> = [
        "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId",
    ]

}

extension UpstreamCall {
    fileprivate var path: String {
        if case .anthropicMessages = operation { return operation.path(modelID: modelID) + "?beta=true" }
        return operation.path(modelID: modelID)
    }

    fileprivate var allHeaders: [HTTPHeader] {
        var all = [HTTPHeader("Content-Type", "application/json")]
        switch operation {
        case .invokeModel, .anthropicMessages: all.append(HTTPHeader("Accept", "application/json"))
        case .invokeModelWithResponseStream: all.append(HTTPHeader("X-Amzn-Bedrock-Accept", "application/json"))
        case .converse, .converseStream: break
        }
        let own = headers.map { $0.name.lowercased() }
        return all.filter { !own.contains($0.name.lowercased()) } + headers
    }
}
