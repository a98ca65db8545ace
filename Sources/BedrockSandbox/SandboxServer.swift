import EventLoop
import FastCGI
import Glibc

/// Plays the sandbox's answers to FastCGI requests.
struct SandboxServer: Sendable {
    let sandbox: Sandbox
    /// The requests run on it.
    let loop: EventLoop

    /// Answers one request; returns early when the peer goes away.
    func handle(_ request: FastCGIRequest, _ response: ResponseStream) async {
        let answer =
            request.bodyFault == .tooLarge
            ? AWSError(status: 413, type: "RequestEntityTooLargeException", message: "The request is too large.").answer
            : sandbox.answer(SandboxRequest(request), at: time(nil))
        do {
            try await play(answer, response)
        } catch {
            // The peer is gone: there is nobody to tell.
        }
    }

    private func play(_ answer: SandboxAnswer, _ response: ResponseStream) async throws {
        if answer.hangsBeforeHead { return try await hang() }
        if answer.delay > .zero { try await loop.sleep(for: answer.delay) }
        var headers = answer.headers.map { (name: $0.name, value: $0.value) }
        switch answer.body {
        case .bytes(let bytes):
            headers.append((name: "Content-Length", value: String(bytes.count)))
            response.start(status: answer.status, headers: headers)
            try await response.finish(bytes)
        case .script(let script):
            headers.append((name: "X-Accel-Buffering", value: "no"))
            // A web server takes any end of an answer for its whole; only a length that is not met makes it break off.
            if script.endsInDrop { headers.append((name: "Content-Length", value: "4294967296")) }
            response.start(status: answer.status, headers: headers)
            try await play(script, response)
        }
    }

    private func play(_ script: StreamScript, _ response: ResponseStream) async throws {
        var script = script
        var pace = Pace(interval: script.interval, start: EventLoop.now())
        while let step = script.next() {
            switch step {
            case .send(let bytes, let tokens):
                if let wait = pace.wait(tokens: tokens, now: EventLoop.now()) {
                    try await loop.sleep(for: wait)
                }
                try await response.write(bytes)
            case .wait(let duration):
                try await loop.sleep(for: duration)
                pace.restart(at: EventLoop.now())
            case .hang: return try await hang()
            case .drop: return try await response.finish()
            }
        }
        try await response.finish()
    }

    /// Waits until the peer gives up.
    private func hang() async throws {
        try await loop.sleep(for: .seconds(86_400))
    }
}

extension SandboxRequest {
    /// The request as the web server passed it on; the target is the raw one.
    init(_ request: FastCGIRequest) {
        var headers = request.headers.map { SandboxHeader($0.name, $0.value) }
        let hosts = headers.filter { $0.isNamed("host") }.map(\.value)
        headers.removeAll { $0.isNamed("host") }
        if let host = hosts.last { headers.append(SandboxHeader("host", host)) }
        self.init(method: request.method, target: request.target, headers: headers, body: request.body)
        // Debian's fastcgi_params sets HTTP_HOST to $host, which has lost its port.
        otherHosts = hosts.dropLast()
        if let host = hosts.last, let port = request.parameters["SERVER_PORT"] { otherHosts.append("\(host):\(port)") }
    }
}
