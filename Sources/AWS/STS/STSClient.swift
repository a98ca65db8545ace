import HTTPClient

/// Calls STS: signing, attempts and the meaning of its errors.
struct STSClient: Sendable {
    static let maximumAttempts = 3

    let runtime: CredentialRuntime
    let endpoint: AWSEndpoint
    var signer = SigV4Signer.shared
    var clocks = ClockOffsets.shared

    /// - Parameter source: signs the request; asked for other credentials once if STS does not know its own any more.
    /// - Throws: `.denied` for 403, `.unreachable` when STS fails for a while, `.invalidConfiguration` for what STS
    ///   finds wrong with the request.
    func call(
        _ request: STSRequest,
        signedBy source: (any AWSCredentialProvider)?
    ) async throws(AWSCredentialError) -> AWSCredentials {
        var attempt = 1
        var hasRenewed = false
        var hasCorrectedClock = false
        while true {
            let credentials = try await source?.credentials()
            let offset = clocks.offset(forHost: endpoint.host)
            let result = try await runtime.fetch(try httpRequest(for: request, credentials, offset))
            guard case .answer(let answer) = result else {
                guard attempt < Self.maximumAttempts else {
                    throw AWSCredentialError(.unreachable, detail: "STS: \(result.summary)")
                }
                await pause(after: attempt)
                attempt += 1
                continue
            }
            switch STSAnswer(status: answer.status, body: answer.body) {
            case .credentials(let obtained):
                return obtained
            case .failure(let code, _)
            where ClockOffsets.mayBeSkew(code: code) && !hasCorrectedClock && learnClock(answer, offset):
                hasCorrectedClock = true
            case .failure(let code, _) where AWSErrorCode.rejectsCredentials(code) && !hasRenewed && source != nil:
                hasRenewed = true
                if let credentials { source?.invalidate(credentials) }
            case .failure(let code, _) where Self.isTransient(answer.status, code) && attempt < Self.maximumAttempts:
                await pause(after: attempt)
                attempt += 1
            case .unintelligible where answer.status >= 500 && attempt < Self.maximumAttempts:
                await pause(after: attempt)
                attempt += 1
            case .failure(let code, let message):
                throw Self.error(request, answer.status, code, message)
            case .unintelligible:
                throw AWSCredentialError(
                    answer.status >= 500 ? .unreachable : .invalidAnswer,
                    detail: "STS answered status \(answer.status) without credentials or an error in it"
                )
            }
        }
    }

    private func httpRequest(
        for request: STSRequest,
        _ credentials: AWSCredentials?,
        _ clockOffset: Double
    ) throws(AWSCredentialError) -> HTTPRequest {
        var http = HTTPRequest(
            method: "POST",
            url: endpoint.baseURL + "/",
            headers: [HTTPHeader("Content-Type", STSRequest.contentType)],
            body: request.body
        )
        http.connectTimeout = .seconds(5)
        http.idleTimeout = .seconds(10)
        http.totalTimeout = .seconds(20)
        http.certificateAuthorityFile = runtime.certificateAuthorityFile
        guard request.isSigned, let credentials else { return http }
        do throws(SigV4Error) {
            http.headers += try signer.sign(
                http,
                credentials: credentials,
                region: endpoint.signingRegion,
                service: endpoint.signingName,
                unixSeconds: Int(runtime.now() + clockOffset)
            ).addedHeaders
        } catch {
            throw AWSCredentialError(.invalidConfiguration, detail: error.description)
        }
        return http
    }

    private func learnClock(_ answer: CredentialRuntime.Answer, _ signedOffset: Double) -> Bool {
        clocks.learn(
            host: endpoint.host,
            date: answer.headers["Date"],
            unixSeconds: runtime.now(),
            signedOffset: signedOffset
        )
    }

    /// A random part of 1, 2, 4… seconds.
    private func pause(after attempt: Int) async {
        await runtime.sleep(.milliseconds(Int(runtime.random() * 1000) << (attempt - 1)))
    }

    private static func isTransient(_ status: Int, _ code: String) -> Bool {
        status >= 500 || status == 429 || AWSErrorCode.mayPass(code)
    }

    private static func error(
        _ request: STSRequest,
        _ status: Int,
        _ code: String,
        _ message: String
    ) -> AWSCredentialError {
        if isTransient(status, code) {
            return AWSCredentialError(.unreachable, detail: "STS: \(code): \(message)")
        }
        if status == 403 {
            return AWSCredentialError(refusal: .init(operation: request.operation, code: code, message: message))
        }
        return AWSCredentialError(.invalidConfiguration, detail: "\(request.operation): \(code): \(message)")
    }
}
