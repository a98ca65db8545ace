import AWS
import JSON
import Testing

@testable import BedrockSandbox

struct FaultTests {
    let sandbox = Sandbox.quick()

    private func stream(_ fault: String, _ text: String = "a b c d e f") -> SandboxAnswer {
        sandbox.converse("fault:\(fault) \(text)", stream: true)
    }

    @Test(arguments: [
        ("throttling", 429, "ThrottlingException"), ("model-not-ready", 429, "ModelNotReadyException"),
        ("access-denied", 403, "AccessDeniedException"), ("expired-token", 403, "ExpiredTokenException"),
        ("not-found", 404, "ResourceNotFoundException"), ("end-of-life", 404, "ResourceNotFoundException"),
        ("on-demand", 400, "ValidationException"), ("validation", 400, "ValidationException"),
        ("context-length", 400, "ValidationException"), ("filtered-words", 400, "ValidationException"),
        ("model-timeout", 408, "ModelTimeoutException"), ("model-error", 424, "ModelErrorException"),
        ("internal-error", 500, "InternalServerException"), ("service-unavailable", 503, "ServiceUnavailableException"),
    ])
    func errorsOfTheService(name: String, status: Int, type: String) {
        for streaming in [false, true] {
            let answer = sandbox.converse("fault:\(name)", stream: streaming)
            #expect(answer.status == status)
            #expect(answer.errorType == type)
            #expect(answer.message?.isEmpty == false)
        }
    }

    @Test func throttlingSaysWhenToRetry() {
        #expect(sandbox.converse("fault:throttling").header("retry-after") == "2")
    }

    @Test func answersOfNoService() throws {
        let html = sandbox.converse("fault:html-502")
        #expect(html.status == 502)
        #expect(html.header("content-type") == "text/html")
        #expect(html.bytes.starts(with: Array("<html>".utf8)))
        #expect(sandbox.converse("fault:empty-503").bytes.isEmpty)
        #expect(sandbox.converse("fault:no-error-type").header("x-amzn-errortype") == nil)
        #expect(sandbox.converse("fault:hang-head").hangsBeforeHead)
    }

    @Test(arguments: [
        ("stream-throttling", "throttlingException", 429), ("stream-internal", "internalServerException", 500),
        ("stream-model-error", "modelStreamErrorException", 424), ("stream-validation", "validationException", 400),
        ("stream-unavailable", "serviceUnavailableException", 503), ("stream-timeout", "modelTimeoutException", 408),
        ("stream-unknown", "quantumDecoherenceException", 500),
    ])
    func exceptions(name: String, type: String, status: Int) throws {
        let events = try stream(name).events()
        #expect(
            events.map(\.name)
                == ["messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockDelta", type]
        )
        #expect(events.last?.payload["message"]?.stringValue?.isEmpty == false)
        // Without a stream it is the HTTP error of the same meaning.
        #expect(sandbox.converse("fault:\(name)").status == status)
    }

    @Test func exceptionFrames() throws {
        var decoder = EventStreamDecoder()
        decoder.append(stream("stream-model-error@0").streamed)
        _ = try decoder.next()
        let message = try decoder.next()
        #expect(message?.kind == .exception)
        #expect(message?.string(":exception-type") == "modelStreamErrorException")
        let payload = try JSON(parsing: Array(message?.payload ?? []))
        #expect(payload["originalStatusCode"] == 500)
    }

    @Test func errorMessage() throws {
        var decoder = EventStreamDecoder()
        decoder.append(stream("stream-error@1").streamed)
        var last: EventStreamMessage?
        var count = 0
        while let message = try decoder.next() {
            last = message
            count += 1
        }
        #expect(count == 3)
        #expect(last?.kind == .error)
        #expect(last?.string(":error-code") == "InternalFailure")
        #expect(last?.string(":error-message") == "An internal server error occurred")
    }

    @Test func faultsComeAfterTheTokensAskedFor() throws {
        for tokens in 0...5 {
            let events = try stream("stream-internal@\(tokens)").events()
            #expect(events.filter { $0.name == "contentBlockDelta" }.count == tokens)
        }
        // With too few tokens: right before the end of the message.
        let late = try stream("stream-internal@99").events()
        #expect(late.suffix(2).map(\.name) == ["contentBlockStop", "internalServerException"])
        // Also after reasoning, across blocks.
        let deep = try sandbox.converse("fault:stream-internal@13 a", model: Model.deepSeek, stream: true).events()
        #expect(deep.filter { $0.name == "contentBlockDelta" }.count == 13)
        #expect(deep.dropLast().last?.payload["delta"]?["text"] == "You")
    }

    @Test func cut() throws {
        let answer = stream("cut")
        #expect(answer.steps.last == .drop)
        var decoder = EventStreamDecoder()
        decoder.append(answer.streamed)
        while try decoder.next() != nil {}
        #expect(!decoder.isAtMessageBoundary)
        guard case .script(let script) = answer.body else { return }
        #expect(script.endsInDrop)
    }

    @Test func halfFrameAndDrop() throws {
        var decoder = EventStreamDecoder()
        decoder.append(stream("half-frame").streamed)
        while try decoder.next() != nil {}
        #expect(!decoder.isAtMessageBoundary)
        #expect(stream("half-frame").steps.last != .drop)
        #expect(try stream("drop").events().count == 4)
        #expect(stream("drop").steps.last == .drop)
    }

    @Test func missingEnds() throws {
        #expect(try stream("end").events().last?.name == "contentBlockDelta")
        #expect(try stream("no-stop").events().last?.name == "contentBlockStop")
        #expect(try stream("no-metadata").events().last?.name == "messageStop")
        #expect(stream("hang").steps.last == .hang)
    }

    @Test(arguments: ["bad-crc", "bad-prelude", "huge-frame"])
    func brokenFrames(_ name: String) throws {
        var decoder = EventStreamDecoder()
        decoder.append(stream(name).streamed)
        var count = 0
        #expect(throws: EventStreamError.self) {
            while try decoder.next() != nil { count += 1 }
        }
        #expect(count == 4)
    }

    @Test func unknownEventsComeAmongTheKnown() throws {
        let answer = stream("unknown-events")
        let events = try answer.events()
        #expect(events.contains { $0.name == "somethingNew" })
        #expect(events.contains { $0.payload["delta"]?["hologram"] != nil })
        #expect(try answer.streamedText() == "You said: a b c d e f")
        #expect(events.last?.name == "metadata")
    }

    @Test func payloadThatIsNotJSON() throws {
        var decoder = EventStreamDecoder()
        decoder.append(stream("not-json").streamed)
        var failures = 0
        while let message = try decoder.next() {
            if (try? JSON(parsing: message.payload)) == nil { failures += 1 }
        }
        #expect(failures == 1)
    }

    @Test func onlyTheFirstFew() {
        let statuses = (0..<4).map { _ in sandbox.converse("fault:throttling*2 retry").status }
        #expect(statuses == [429, 429, 200, 200])
        #expect(sandbox.converse("fault:throttling*2 other").status == 429)
    }

    @Test func faultsByHeaderAndByConfiguration() {
        let header = SandboxHeader("X-Sandbox-Directives", "fault:access-denied")
        #expect(sandbox.converse("hi", headers: [header]).status == 403)
        let configured = Sandbox.quick { $0.directives = "fault:service-unavailable" }
        #expect(configured.converse("hi").status == 503)
        #expect(configured.converse("hi", headers: [header]).status == 403)
    }

    @Test func everyFaultDoesSomething() {
        let plain = sandbox.converse("a b c d e f", stream: true).streamed
        for fault in Fault.table {
            let answer = sandbox.converse(
                "a b c d e f",
                stream: true,
                headers: [SandboxHeader("x-sandbox-directives", "fault:" + fault.name)]
            )
            #expect(
                answer.status != 200 || answer.hangsBeforeHead || answer.streamed != plain,
                "\(fault.name)"
            )
        }
        #expect(Set(Fault.table.map(\.name)).count == Fault.table.count)
    }
}

struct DirectiveTests {
    let sandbox = Sandbox.quick()

    @Test func words() throws {
        let answer = sandbox.converse("words:1000", stream: true)
        let deltas = try answer.events().filter { $0.name == "contentBlockDelta" }
        #expect(deltas.count == 1000)
        #expect(try answer.streamedText() == sandbox.converse("words:1000").text)
        #expect(try sandbox.converse("words:1000").json()["usage"]?["outputTokens"] == 1000)
    }

    @Test func wordsAreLimitedByTheRequest() throws {
        let body: JSON = ["messages": [.user("words:100")], "inferenceConfig": ["maxTokens": 7]]
        #expect(try sandbox.converse(body, stream: true).events().filter { $0.name == "contentBlockDelta" }.count == 7)
    }

    @Test func bytes() throws {
        let events = try sandbox.converse("bytes:150000 event-bytes:65536", stream: true).events()
        let sizes = events.compactMap { $0.payload["delta"]?["text"]?.stringValue?.utf8.count }
        #expect(sizes == [65_536, 65_536, 18_928])
        #expect(sandbox.converse("bytes:10").text == "xxxxxxxxxx")
    }

    @Test func stopReasons() throws {
        for reason in ["content_filtered", "malformed_tool_use", "model_context_window_exceeded", "brand_new"] {
            #expect(try sandbox.converse("stop:\(reason) hi").json()["stopReason"] == .string(reason))
        }
    }

    @Test func timing() {
        #expect(sandbox.converse("head:500 hi").delay == .milliseconds(500))
        #expect(sandbox.converse("first-token:700 hi", stream: true).steps.contains(.wait(.milliseconds(700))))
        #expect(sandbox.converse("first-token:700 hi").delay == .milliseconds(700))
        guard case .script(let script) = sandbox.converse("rate:4 hi", stream: true).body else { return }
        #expect(script.interval == .milliseconds(250))
    }

    @Test func reasoning() throws {
        let content = try sandbox.converse("reasoning:3 hi").json()["output"]?["message"]?["content"]
        #expect(content?[0]?["reasoningContent"]?["reasoningText"]?["text"] == "the river keeps ")
        #expect(content?[1]?["text"] == "You said: hi")
    }

    @Test func echoOfTheRequest() throws {
        let body: JSON = ["messages": [.user(.text("echo:request"), .image())], "inferenceConfig": ["topP": 0.10]]
        let echoed = try JSON(parsing: sandbox.converse(body).text ?? "")
        #expect(echoed["messages"]?[0]?["content"]?[1]?["image"]?["source"]?["bytes"] == "<32 bytes>")
        #expect(echoed["inferenceConfig"] == body["inferenceConfig"])
    }

    @Test func textAroundDirectivesStays() {
        #expect(sandbox.converse("rate:0 tell me").text == "You said: tell me")
        #expect(sandbox.converse("fault:nothing-known x").text == "You said: fault:nothing-known x")
        #expect(sandbox.converse("rate:0").text == "You said: rate:0")
        #expect(sandbox.converse("a words:many b").text == "You said: a words:many b")
    }

    @Test(arguments: [
        "", " ", ":", "call:", "call:{", "call:a {", #"call:a {"x": "\""}"#, "fault:", "fault:@", "fault:cut@*",
        "words:-1", "words:99999999999999999999", "rate:nan", "rate:-1", "head:", "bytes:", "stop:", "event-bytes:0",
        "é:1", "call:é {\"é\":\"é\"}",
    ])
    func oddDirectivesNeverFail(_ text: String) {
        let directives = Directives(parsing: text)
        #expect(directives.words == nil && directives.bytes == nil && directives.fault == nil && directives.rate == nil)
    }
}

struct StreamScriptTests {
    @Test func unpacedEventsAreJoined() {
        var script = StreamScript(interval: nil, segments: (0..<10).map { .token([UInt8($0)]) })
        #expect(script.next() == .send([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], tokens: 10))
        #expect(script.next() == nil)
    }

    @Test func joiningHasALimit() {
        var script = StreamScript(interval: nil, segments: Array(repeating: .token([1, 2, 3]), count: 4))
        #expect(script.next(joiningUpTo: 6) == .send([1, 2, 3, 1, 2, 3], tokens: 2))
    }

    @Test func pacedTokensComeOneByOne() {
        var script = StreamScript(
            interval: .milliseconds(1),
            segments: [.frame([0]), .token([1]), .token([2]), .frame([3]), .wait(.zero)]
        )
        #expect(script.next() == .send([0, 1], tokens: 1))
        #expect(script.next() == .send([2], tokens: 1))
        #expect(script.next() == .send([3], tokens: 0))
        #expect(script.next() == .wait(.zero))
        #expect(script.next() == nil)
    }

    @Test func paceKeepsItsSchedule() {
        var pace = Pace(interval: .nanoseconds(100), start: 1000)
        #expect(pace.wait(tokens: 1, now: 1000) == .nanoseconds(100))
        #expect(pace.wait(tokens: 1, now: 1150) == .nanoseconds(50))
        #expect(pace.wait(tokens: 1, now: 1500) == nil)
        #expect(pace.wait(tokens: 2, now: 1500) == nil)
        #expect(pace.wait(tokens: 1, now: 1500) == .nanoseconds(100))
        var quick = Pace(interval: nil, start: 0)
        #expect(quick.wait(tokens: 5, now: 0) == nil)
    }
}
