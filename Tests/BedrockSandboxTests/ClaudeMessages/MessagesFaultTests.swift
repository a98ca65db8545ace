import AWS
import JSON
import Testing

@testable import BedrockSandbox

struct MessagesFaultTests {
    @Test(arguments: [
        ("throttling", 429, "rate_limit_error"), ("access-denied", 403, "permission_error"),
        ("expired-token", 401, "authentication_error"), ("not-found", 404, "not_found_error"),
        ("validation", 400, "invalid_request_error"), ("model-timeout", 504, "timeout_error"),
        ("model-error", 500, "api_error"), ("internal-error", 500, "api_error"),
        ("service-unavailable", 529, "overloaded_error"),
    ])
    func errorsOfAnthropic(name: String, status: Int, type: String) throws {
        for stream in [false, true] {
            let answer = MessagesCall.anthropic.send("fault:\(name)", stream: stream)
            #expect(answer.status == status)
            let body = try answer.json()
            #expect(body["type"] == "error")
            #expect(body["error"]?["type"]?.stringValue == type)
            #expect(body["request_id"]?.stringValue == answer.header("request-id"))
        }
    }

    @Test func errorsOfBedrock() {
        let answer = MessagesCall.bedrock.send("fault:throttling", stream: true)
        #expect(answer.status == 429)
        #expect(answer.errorType == "ThrottlingException")
        #expect(MessagesCall.anthropic.send("fault:throttling").header("retry-after") == "2")
    }

    @Test(arguments: MessagesCall.both)
    func onlyTheFirst(call: MessagesCall) {
        let statuses = (0..<3).map { _ in call.send("fault:throttling*2 hi").status }
        #expect(statuses == [429, 429, 200])
    }

    @Test(arguments: [
        ("stream-throttling", "rate_limit_error"), ("stream-internal", "api_error"),
        ("stream-validation", "invalid_request_error"), ("stream-unavailable", "overloaded_error"),
        ("stream-timeout", "timeout_error"), ("stream-error", "api_error"), ("stream-overloaded", "overloaded_error"),
    ])
    func errorEvents(name: String, type: String) throws {
        let events = try MessagesCall.anthropic.send("fault:\(name)@2 a b c", stream: true).messageEvents()
        #expect(events.filter { $0["type"] == "content_block_delta" }.count == 2)
        #expect(events.last?["type"] == "error")
        #expect(events.last?["error"]?["type"]?.stringValue == type)
    }

    @Test func exceptionsOfBedrock() throws {
        let events = try MessagesCall.bedrock.send("fault:stream-throttling@2 a b c", stream: true).messageEvents()
        #expect(events.last?["type"] == "throttlingException")
        // Anthropic's own error comes as an event like any other.
        let overloaded = try MessagesCall.bedrock.send("fault:stream-overloaded@0 a", stream: true).messageEvents()
        #expect(overloaded.last?["error"] == ["type": "overloaded_error", "message": "Overloaded"])
        #expect(MessagesCall.bedrock.send("fault:stream-overloaded").status == 503)
    }

    @Test(arguments: MessagesCall.both)
    func brokenStreams(call: MessagesCall) throws {
        func answer(_ fault: String) -> SandboxAnswer { call.send("fault:\(fault) a b c d", stream: true) }
        #expect(answer("cut").steps.last == .drop)
        #expect(answer("drop").steps.last == .drop)
        #expect(answer("hang").steps.last == .hang)
        #expect(try answer("end").messageEvents().last?["type"] == "content_block_delta")
        #expect(try answer("no-stop").messageEvents().last?["type"] == "content_block_stop")
        #expect(try answer("no-metadata").messageEvents().last?["type"] == "message_delta")
        #expect(throws: JSONParseError.self) { try answer("not-json").messageEvents() }
        let unknown = try answer("unknown-events").messageEvents()
        #expect(unknown.contains { $0["type"] == "something_new" })
        #expect(unknown.last?["type"] == "message_stop")
    }

    @Test(arguments: ["bad-crc", "bad-prelude", "huge-frame"])
    func framesOfBedrock(name: String) throws {
        #expect(throws: (any Error).self) {
            try MessagesCall.bedrock.send("fault:\(name) a b c d", stream: true).messageEvents()
        }
        let sound = try MessagesCall.anthropic.send("fault:\(name) a b c d", stream: true).messageEvents()
        #expect(sound.last?["type"] == "message_stop")
    }

    @Test(arguments: MessagesCall.both)
    func withoutAStream(call: MessagesCall) {
        #expect(call.send("fault:hang a").hangsBeforeHead)
        #expect(call.send("fault:cut a").steps.last == .drop)
        #expect(throws: (any Error).self) { try call.send("fault:end a").json() }
    }
}

struct AnthropicKeyTests {
    private let body: JSON = [
        "model": "claude-3-haiku-20240307", "max_tokens": 10, "messages": [.said("user", "hi")],
    ]

    private func post(key: String?, version: String? = "2023-06-01", sandbox: Sandbox = .quick()) -> SandboxAnswer {
        MessagesCall(transport: .anthropic, sandbox: sandbox)
            .post(body, path: "/v1/messages?beta=true", key: key, version: version)
    }

    @Test func keys() throws {
        #expect(post(key: "sandbox-anthropic-api-key").status == 200)
        #expect(post(key: nil).status == 401)
        let wrong = post(key: "sk-ant-wrong")
        #expect(wrong.status == 401)
        #expect(try wrong.json()["error"] == ["type": "authentication_error", "message": "invalid x-api-key"])
        let other = Sandbox.quick { $0.anthropicKey = "mine" }
        #expect(post(key: "mine", sandbox: other).status == 200)
        #expect(post(key: "sandbox-anthropic-api-key", sandbox: other).status == 401)
    }

    @Test func versions() {
        #expect(post(key: "sandbox-anthropic-api-key", version: nil).refusal == "anthropic-version: header is required")
        let wrong = post(key: "sandbox-anthropic-api-key", version: "2024-10-22")
        #expect(wrong.status == 400)
        #expect(wrong.refusal == "anthropic-version: \"2024-10-22\" is not a valid version")
    }

    @Test func unknownModel() throws {
        let answer = MessagesCall.anthropic.send(["model": "claude-9", "messages": [.said("user", "hi")]])
        #expect(answer.status == 404)
        #expect(try answer.json()["error"] == ["type": "not_found_error", "message": "model: claude-9"])
    }

    @Test func otherPathsAreNotAnthropics() {
        #expect(MessagesCall.anthropic.post([:], path: "/v1/models").status == 404)
        let get = SandboxRequest(
            method: "GET",
            target: "/v1/messages",
            headers: [SandboxHeader("x-api-key", "sandbox-anthropic-api-key")]
        )
        #expect(Sandbox.quick().answer(get, at: Sandbox.now).status == 405)
    }

    @Test func badJSON() {
        let request = SandboxRequest(
            method: "POST",
            target: "/v1/messages",
            headers: [
                SandboxHeader("x-api-key", "sandbox-anthropic-api-key"),
                SandboxHeader("anthropic-version", "2023-06-01"),
            ],
            body: Array("{".utf8)
        )
        let answer = Sandbox.quick().answer(request, at: Sandbox.now)
        #expect(answer.status == 400)
        #expect(answer.refusal?.hasPrefix("The request body is not valid JSON") == true)
    }
}
