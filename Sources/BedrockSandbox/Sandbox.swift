import JSON

/// A stand-in for AWS without I/O: a request goes in, an answer comes out.
///
/// It remembers prompts that cache points marked, files, credentials it handed out, and how often a request failed on
/// demand; everything else about an answer follows from the request alone.
public final class Sandbox: Sendable {
    let configuration: SandboxConfiguration
    let authentication: Authentication
    let promptCache: PromptCache
    let occurrences = OccurrenceCounter()
    let files: FileStorage
    let sessions: SessionIssuer
    let metadata: MetadataService

    /// Starts without files, cached prompts and credentials handed out.
    public init(configuration: SandboxConfiguration = SandboxConfiguration()) {
        self.configuration = configuration
        let store = CredentialStore(configuration.credentials, bearerToken: configuration.bearerToken)
        authentication = Authentication(store: store, region: configuration.region)
        sessions = SessionIssuer(store: store)
        metadata = MetadataService(issuer: sessions)
        promptCache = PromptCache(minimumTokens: configuration.minimumCachedTokens)
        files = FileStorage(limit: configuration.storageLimit)
    }

    /// Answers a request.
    /// - Parameter time: now, in seconds since 1970 UTC; signatures are checked against it.
    func answer(_ request: SandboxRequest, at time: Int) -> SandboxAnswer {
        let segments = request.pathSegments
        if segments.first == "v1" {
            let rest = Array(segments.dropFirst())
            if let answer = files.answer(request, segments: rest) { return answer }
            if let answer = anthropic(request, segments: rest) { return answer }
        }
        if segments == ["health"] { return .json(["status": "ok"]) }
        if let answer = credentialAnswer(request, segments, at: time) { return answer }
        var answer: SandboxAnswer
        do {
            answer = try serviceAnswer(request, segments, at: time)
        } catch {
            answer = error.answer
        }
        answer.headers.append(SandboxHeader("x-amzn-RequestId", Self.requestID()))
        return answer
    }

    /// Routes of AWS services. Further services are further cases.
    private func serviceAnswer(
        _ request: SandboxRequest,
        _ segments: [String],
        at time: Int
    ) throws(AWSError) -> SandboxAnswer {
        guard request.method == "POST", segments.count == 3, segments[0] == "model" else {
            throw .unknownOperation
        }
        let isStreaming: Bool
        switch segments[2] {
        case "converse", "invoke": isStreaming = false
        case "converse-stream", "invoke-with-response-stream": isStreaming = true
        default: throw .unknownOperation
        }
        let invocation = try invocation(of: request, modelID: segments[1], isStreaming: isStreaming, at: time)
        return segments[2].hasPrefix("converse") ? try converse(invocation) : try invokeModel(invocation)
    }

    /// A random UUID, version 4.
    static func requestID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return ASCII.uuid(bytes)
    }
}
