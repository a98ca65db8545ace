import DIAL
import JSON
import Testing

@Suite("Answers to chat completion requests")
struct ChatResponseTests {
    @Test("Recorded answers", arguments: try Recording.all("chat-", "error-", "ok-"))
    func recording(_ recording: Recording) throws {
        let identity = try #require(recording.identity)
        let request = try ChatCompletionRequest(decoding: recording.request)
        // The recorded echo printed Python's view of content parts; what is recorded of it is their acceptance.
        if recording.name == "chat-content-parts" { return }

        let response = ChatResponse(
            stream: request.stream,
            choices: request.choiceCount,
            id: identity.id,
            created: identity.created
        )
        let toy = ToyDeployment(
            name: recording.deployment,
            request: request,
            model: recording.request["model"]?.stringValue
        )
        let answer = run(toy, response)

        #expect(answer.status == recording.status)
        let text = String(decoding: answer.body, as: UTF8.self)
        if let events = recording.events {
            #expect(try parseEvents(text) == events)
        } else {
            #expect(try JSON(parsing: text) == recording.body)
        }
        // Recorded streams escape what is not ASCII, this module does not.
        if let raw = recording.raw, recording.name != "chat-stream-unicode" { #expect(text == raw) }
        if let retryAfter = recording.headers["retry-after"]?.stringValue {
            #expect(answer.headers == [.init(name: "Retry-After", value: retryAfter)])
        }
    }

    @Test("What some clients take for the end of a line is escaped", arguments: 0..<9)
    func lineSeparators(place: Int) throws {
        let text = String(repeating: "x", count: place) + "\u{2028}é\u{2027}\u{2029}\u{202A}\u{85}\u{84}€"
        let response = ChatResponse(stream: true)
        let choice = response.makeChoice()
        choice.reasoning(text)
        choice.content(text)
        choice.finish(.stop)
        try response.finish()
        let stream = String(decoding: response.takeBytes(), as: UTF8.self)
        #expect(!stream.unicodeScalars.contains { ["\u{85}", "\u{2028}", "\u{2029}"].contains($0) })
        #expect(stream.contains(#"\u2028é\#u{2027}\u2029\#u{202A}\u0085\#u{84}€"#))
        #expect(try parseEvents(stream).contains { $0["choices"]?[0]?["delta"]?["content"]?.stringValue == text })
    }

    @Test("Usage apart comes behind all ends, also before an error", arguments: [false, true])
    func usageApart(fails: Bool) throws {
        let response = ChatResponse(stream: true, choices: 2, form: .openAI(usageApart: true))
        for _ in 0..<2 {
            let choice = response.makeChoice()
            choice.content("x")
            choice.report(Usage(promptTokens: 1, completionTokens: 2))
            choice.finish(.length)
        }
        if fails { response.fail(.processingFailed) } else { try response.finish() }
        let events = try parseEvents(String(decoding: response.takeBytes(), as: UTF8.self))
        let last = events.dropLast(fails ? 2 : 1).suffix(2)
        #expect(last.map { $0["choices"]?[0]?["finish_reason"]?.stringValue } == ["length", nil])
        #expect(last.map { $0["usage"]?["total_tokens"] } == [nil, 6])
        #expect(last.last?["choices"] == [])
    }

    @Test("Without usage there is no chunk for it")
    func noUsageApart() throws {
        let response = ChatResponse(stream: true, form: .openAI(usageApart: true))
        let choice = response.makeChoice()
        choice.content("x")
        choice.finish(.stop)
        try response.finish()
        let events = try parseEvents(String(decoding: response.takeBytes(), as: UTF8.self))
        #expect(events.dropLast().last?["choices"]?[0]?["finish_reason"] == "stop")
    }

    @Test("Clients of OpenAI's API find a list of choices in every chunk")
    func choicesBeforeAnError() throws {
        let response = ChatResponse(stream: true, form: .openAI(usageApart: false))
        let choice = response.makeChoice()
        choice.content("x")
        choice.report(Usage(promptTokens: 1, completionTokens: 2))
        response.fail(.processingFailed)
        let events = try parseEvents(String(decoding: response.takeBytes(), as: UTF8.self))
        #expect(events.dropLast(2).last?["choices"] == [] && events.dropLast(2).last?["usage"] != nil)
    }

    @Test("Pieces taken one by one make up the same stream")
    func takenInPieces() throws {
        let whole = ChatResponse(stream: true, id: "i", created: 1)
        let pieces = ChatResponse(stream: true, id: "i", created: 1)
        var taken: [UInt8] = []
        for response in [whole, pieces] {
            let choice = response.makeChoice()
            for text in ["a", "\"\n", "é"] {
                choice.content(text)
                if response === pieces { taken += response.takeBytes() }
            }
            try response.finish()
        }
        taken += pieces.takeBytes()
        #expect(taken == whole.takeBytes())
    }

    @Test("Nothing is sent before the first output")
    func lateOpening() throws {
        let response = ChatResponse(stream: true, choices: 2)
        let first = response.makeChoice()
        let second = response.makeChoice()
        #expect(!response.hasOutput && !response.isStatusCommitted)
        #expect(response.takeBytes().isEmpty)
        second.content("x")
        first.content("y")
        #expect(second.index == 0)
        #expect(first.index == 1)
        #expect(response.isStatusCommitted)
    }

    @Test("A failure before the first output writes nothing")
    func earlyFailure() {
        let response = ChatResponse(stream: true)
        response.fail(.internalServerError("x"))
        #expect(response.takeBytes().isEmpty)
        response.makeChoice().content("late")
        #expect(response.takeBytes().isEmpty)
    }

    @Test("A heartbeat commits the status")
    func heartbeatCommits() throws {
        let response = ChatResponse(stream: true)
        response.heartbeat()
        #expect(response.isStatusCommitted)
        response.fail(.internalServerError("x"))
        let text = String(decoding: response.takeBytes(), as: UTF8.self)
        #expect(
            text == """
                : heartbeat

                data: {"error":{"message":"x","type":"internal_server_error","code":"500"}}

                data: [DONE]


                """
        )
    }

    @Test("An answer that has ended tells usage and statistics before its error")
    func failureAfterTheOnlyChoice() throws {
        let response = ChatResponse(stream: true, choices: 1, id: "i", created: 1)
        response.discardedMessages = [2]
        let choice = response.makeChoice()
        choice.content("x")
        _ = response.takeBytes()
        choice.report(Usage(promptTokens: 1, completionTokens: 2))
        choice.finish(.contentFilter)
        response.fail(.contentFilter("x"))
        let events = try parseEvents(String(decoding: response.takeBytes(), as: UTF8.self))
        #expect(events.count == 3)
        #expect(events[0]["choices"]?[0]?["finish_reason"] == "content_filter")
        #expect(events[0]["usage"]?["total_tokens"] == 3)
        #expect(events[0]["statistics"]?["discarded_messages"] == [2])
    }

    @Test("An answer that was cut off tells what it knows before its error", arguments: [true, false])
    func failureWithinTheChoice(hasUsage: Bool) throws {
        let response = ChatResponse(stream: true, choices: 1, id: "i", created: 1)
        response.discardedMessages = [2]
        let choice = response.makeChoice()
        choice.content("x")
        _ = response.takeBytes()
        if hasUsage { choice.report(Usage(promptTokens: 1, completionTokens: 2)) }
        response.fail(.internalServerError("x"))
        let events = try parseEvents(String(decoding: response.takeBytes(), as: UTF8.self))
        #expect(events.count == 3)
        #expect(events[0]["choices"] == nil)
        #expect(events[0]["usage"]?["total_tokens"] == (hasUsage ? 3 : nil))
        #expect(events[0].objectValue?.keys.contains("usage") == hasUsage)
        #expect(events[0]["statistics"] == ["discarded_messages": [2]])
    }

    @Test("The held-back end of the last choice precedes an error")
    func failureAfterLastChoice() throws {
        let response = ChatResponse(stream: true, choices: 2, id: "i", created: 1)
        let first = response.makeChoice()
        first.open()
        let second = response.makeChoice()
        second.content("x")
        second.finish(.length)
        _ = response.takeBytes()
        response.fail(.internalServerError("x"))
        let events = try parseEvents(String(decoding: response.takeBytes(), as: UTF8.self))
        #expect(
            events == [
                [
                    "choices": [["index": 1, "finish_reason": "length", "delta": [:]]], "usage": nil, "id": "i",
                    "created": 1, "object": "chat.completion.chunk",
                ],
                ["error": ["message": "x", "type": "internal_server_error", "code": "500"]],
                "[DONE]",
            ]
        )
    }

    @Test("Arguments of calls that a state keeps stay whole in a block answer")
    func stateWithCalls() throws {
        let state: JSONObject = ["blocks": [["type": "tool_use", "input": ["rows": [["index": 2, "v": 1]]]]]]
        let response = ChatResponse(stream: false)
        response.makeChoice().state(state)
        try response.finish()
        let answer = try JSON(parsing: response.takeBytes())
        #expect(answer["choices"]?[0]?["message"]?["custom_content"]?["state"] == .object(state))
    }

    @Test("An index that is no place in its array stays")
    func stateWithLargeIndex() throws {
        let response = ChatResponse(stream: false, id: "i", created: 1)
        let choice = response.makeChoice()
        choice.state(["items": [["index": 1_000_000_000, "v": 1]], "mixed": [["index": 0], 5]])
        try response.finish()
        let block = try JSON(parsing: response.takeBytes())
        let state = block["choices"]?[0]?["message"]?["custom_content"]?["state"]
        #expect(state == ["items": [["v": 1]], "mixed": [[:], 5]])
    }

    @Test("Identifiers are version 4 UUIDs and differ")
    func identifiers() {
        let first = UUIDVersion4.random()
        let pattern = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(first.wholeMatch(of: pattern) != nil)
        #expect(first != UUIDVersion4.random())
    }

    private func run(
        _ deployment: ToyDeployment,
        _ response: ChatResponse
    ) -> (status: Int, headers: [DIALError.Header], body: [UInt8]) {
        do throws(DIALError) {
            try deployment.run(response)
            try response.finish()
            return (200, [], response.takeBytes())
        } catch {
            guard response.isStatusCommitted else { return (error.status, error.headers, error.body()) }
            response.fail(error)
            return (200, [], response.takeBytes())
        }
    }
}

/// The payloads of a server-sent event stream in the form of the recordings.
func parseEvents(_ text: String) throws -> [JSON] {
    try text.split(separator: "\n\n").map { event in
        guard event.hasPrefix("data: ") else { return ["comment": .string(String(event))] }
        let payload = String(event.dropFirst(6))
        return payload == "[DONE]" ? .string(payload) : try JSON(parsing: payload)
    }
}

extension Recording {
    /// Taken over into the answer under test, so that texts can be compared as they are. Errors have none.
    var identity: (id: String, created: Int)? {
        let source = events?.first { $0["id"] != nil } ?? body
        guard let id = source?["id"]?.stringValue, let created = source?["created"]?.intValue else {
            return status == 200 ? nil : ("", 0)
        }
        return (id, created)
    }
}
