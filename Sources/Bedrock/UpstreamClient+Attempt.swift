import AWS
import HTTPClient

/// How one attempt of a call ended.
enum UpstreamAttempt {
    case accepted(UpstreamAnswer)
    case failed(FailedAttempt)
}

/// An attempt that was refused, or never answered.
final class FailedAttempt {
    let error: UpstreamError
    let kind: RetryPolicy.Failure
    /// The `Date` header of a refusal.
    let date: String?
    /// What the refused request was signed with.
    let identity: SigningIdentity?

    init(_ error: UpstreamError, _ kind: RetryPolicy.Failure, date: String? = nil, identity: SigningIdentity? = nil) {
        self.error = error
        self.kind = kind
        self.date = date
        self.identity = identity
    }
}

/// What one attempt is signed with.
final class SigningIdentity: Sendable {
    let provider: any AWSCredentialProvider
    let credentials: AWSCredentials
    /// Seconds by which the host's clock is known to differ from ours.
    let clockOffset: Double

    init(_ provider: any AWSCredentialProvider, _ credentials: AWSCredentials, clockOffset: Double) {
        self.provider = provider
        self.credentials = credentials
        self.clockOffset = clockOffset
    }
}

extension UpstreamClient {
    /// The longest answer of an operation that does not stream, in bytes.
    private static let wholeAnswerLimit = 128 * 1024 * 1024

    func send(
        _ call: UpstreamCall,
        at upstream: Upstream,
        attempts: Int
    ) async throws(UpstreamError) -> UpstreamAttempt {
        let identity = try await identity(for: upstream, call.operation)
        let request = try request(call, at: upstream, identity)
        let transport = upstream.pool == .bedrock ? transport : anthropicTransport
        do throws(HTTPError) {
            let response = try await transport.send(request)
            if (200..<300).contains(response.status) {
                return .accepted(
                    UpstreamAnswer(
                        call.operation,
                        response,
                        limit: Self.wholeAnswerLimit,
                        attempts: attempts
                    )
                )
            }
            // An error text of more than this is not one. Where the text is lost the status still says most.
            let body = (try? await response.body.collect(limit: 1 << 20)) ?? []
            return .failed(refusal(response, body, call.operation, attempts, identity))
        } catch {
            return .failed(failure(error, call.operation, attempts))
        }
    }

    private func failure(_ error: HTTPError, _ operation: UpstreamOperation, _ attempts: Int) -> FailedAttempt {
        let kind: RetryPolicy.Failure =
            switch error {
            case .connectFailed, .hostNotFound, .connectTimeout, .connectionLost, .tls: .connection
            default: .final
            }
        return FailedAttempt(UpstreamError(error, operation: operation, attempts: attempts), kind)
    }

    private func refusal(
        _ response: HTTPResponse,
        _ body: [UInt8],
        _ operation: UpstreamOperation,
        _ attempts: Int,
        _ identity: SigningIdentity?
    ) -> FailedAttempt {
        let retryAfter = response.headers["retry-after"]
        let milliseconds = response.headers["retry-after-ms"]
        let error = UpstreamError(
            operation: operation,
            status: response.status,
            errorType: response.headers["x-amzn-errortype"],
            body: body,
            retryAfter: retryAfter,
            retryAfterMilliseconds: milliseconds,
            attempts: attempts
        )
        let wishes = RetryPolicy.ServerWishes(
            shouldRetry: response.headers["x-should-retry"]?.word.flatMap { ["true": true, "false": false][$0] },
            retryAfter: milliseconds.flatMap { Double($0) }.map { $0 / 1000 } ?? retryAfter.flatMap(seconds)
        )
        let kind = RetryPolicy.Failure.answer(status: response.status, code: error.code, wishes: wishes)
        return FailedAttempt(error, kind, date: response.headers["date"], identity: identity)
    }

    /// `Retry-After` is a number of seconds or a date.
    private func seconds(_ retryAfter: String) -> Double? {
        Double(retryAfter) ?? UTCTime.unixSeconds(httpDate: retryAfter).map { $0 - clock() }
    }

    // MARK: The request

    /// Nil where nothing is signed.
    private func identity(
        for upstream: Upstream,
        _ operation: UpstreamOperation
    ) async throws(UpstreamError) -> SigningIdentity? {
        guard case .aws(.signature(let provider)) = upstream.authentication else { return nil }
        do throws(AWSCredentialError) {
            let credentials = try await provider.credentials()
            let offset = ClockOffsets.shared.offset(forHost: upstream.host)
            return SigningIdentity(provider, credentials, clockOffset: offset)
        } catch {
            throw UpstreamError(
                kind: .transport,
                status: error.status,
                message: error.message,
                operation: operation.name
            )
        }
    }

    private func request(
        _ call: UpstreamCall,
        at upstream: Upstream,
        _ identity: SigningIdentity?
    ) throws(UpstreamError) -> HTTPRequest {
        var request = HTTPRequest(method: "POST", url: upstream.baseURL + call.path)
        request.body = call.body
        request.idleTimeout = settings.idleTimeout
        // Events are small and streams are many.
        if call.operation.isStreaming { request.receiveBuffer = 2048 }
        if upstream.kind == .bedrock { request.certificateAuthorityFile = settings.certificateAuthorityFile }
        request.headers = call.allHeaders
        do throws(SigV4Error) {
            request.headers += try authentication(of: request, call.bodyDigest, at: upstream, identity)
        } catch {
            throw UpstreamError(
                kind: .transport,
                status: 500,
                message: "The request could not be signed: \(error)",
                operation: call.operation.name
            )
        }
        return request
    }

    private func authentication(
        of request: HTTPRequest,
        _ bodyDigest: SHA256.Digest?,
        at upstream: Upstream,
        _ identity: SigningIdentity?
    ) throws(SigV4Error) -> [HTTPHeader] {
        switch upstream.authentication {
        case .anthropicKey(let key):
            return [HTTPHeader("x-api-key", key), HTTPHeader("anthropic-version", "2023-06-01")]
        case .aws(.bearer(let key)):
            return [HTTPHeader("Authorization", "Bearer \(key)")]
        case .aws(.signature):
            guard let identity else { return [] }
            return try SigV4Signer.shared.sign(
                request,
                bodyDigest: bodyDigest,
                credentials: identity.credentials,
                region: upstream.signingRegion,
                service: upstream.signingName,
                unixSeconds: Int(clock() + identity.clockOffset)
            ).addedHeaders
        }
    }
}

extension UpstreamCall {
    fileprivate var path: String {
        if case .anthropicMessages = operation { return operation.path(modelID: modelID) + "?beta=true" }
        return operation.path(modelID: modelID)
    }

    /// All but those of authentication.
    var allHeaders: [HTTPHeader] {
        var all = [HTTPHeader("Content-Type", "application/json")]
        switch operation {
        case .invokeModel, .anthropicMessages: all.append(HTTPHeader("Accept", "application/json"))
        case .invokeModelWithResponseStream: all.append(HTTPHeader("X-Amzn-Bedrock-Accept", "application/json"))
        case .converse, .converseStream: break
        }
        guard !headers.isEmpty else { return all }
        let own = headers.map { $0.name.lowercased() }
        return all.filter { !own.contains($0.name.lowercased()) } + headers
    }
}
