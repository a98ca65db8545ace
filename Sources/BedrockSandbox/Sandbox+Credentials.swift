import JSON

// MARK: - Where credentials come from

extension Sandbox {
    /// Answers STS, the metadata services and questions about the sessions they opened; nil for other paths.
    func credentialAnswer(_ request: SandboxRequest, _ segments: [String], at time: Int) -> SandboxAnswer? {
        switch segments.first {
        case nil:
            guard let query = QueryRequest(request) else { return nil }
            let requestID = Self.requestID()
            let service = SecurityTokenService(authentication: authentication, issuer: sessions)
            var answer = service.answer(request, query, requestID: requestID, at: time)
            answer.headers.append(SandboxHeader("x-amzn-RequestId", requestID))
            return answer
        case "latest":
            let role = SandboxRole(name: MetadataService.instanceRole)
            return metadata.instance(request, segments, role: role, at: time)
        case "instance" where segments.count > 2:
            let role = SandboxRole(name: segments[1])
            return metadata.instance(request, Array(segments.dropFirst(2)), role: role, at: time)
        case "v2" where segments.count == 3 && segments[1] == "credentials":
            return metadata.task(request, role: SandboxRole(name: segments[2]), at: time)
        case "v1" where (2...3).contains(segments.count) && segments[1] == "credentials":
            let role = SandboxRole(name: segments.count > 2 ? segments[2] : MetadataService.podRole)
            return metadata.pod(request, role: role, at: time)
        case "sandbox" where segments.count > 1 && segments[1] == "credentials":
            return control(request, accessKeyID: segments.count > 2 ? segments[2] : nil, at: time)
        default: return nil
        }
    }

    /// `GET /sandbox/credentials` tells of calls and sessions; `DELETE` ends the sessions, or the one that is named.
    private func control(_ request: SandboxRequest, accessKeyID: String?, at time: Int) -> SandboxAnswer {
        switch request.method {
        case "GET": return .json(sessions.report(at: time))
        case "DELETE": return .json(["revoked": JSON(sessions.revoke(accessKeyID: accessKeyID))])
        default: return .text("Method not allowed", status: 405)
        }
    }
}
