import JSON
import Testing

@testable import BedrockSandbox

struct AnswerTests {
    let sandbox = Sandbox.quick()

    @Test func echo() throws {
        let answer = sandbox.converse("hello wide world")
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "application/json")
        #expect(answer.text == "You said: hello wide world")
        let body = try answer.json()
        #expect(body["stopReason"] == "end_turn")
        #expect(body["usage"] == ["inputTokens": 4, "outputTokens": 5, "totalTokens": 9])
        #expect(answer.header("x-amzn-requestid")?.count == 36)
    }

    @Test func streamedEcho() throws {
        let answer = sandbox.converse("hello wide world", stream: true)
        #expect(answer.header("content-type") == "application/vnd.amazon.eventstream")
        let events = try answer.events()
        #expect(
            events.map(\.name) == ["messageStart"] + Array(repeating: "contentBlockDelta", count: 5)
                + ["contentBlockStop", "messageStop", "metadata"]
        )
        #expect(events[0].payload["role"] == "assistant")
        #expect(try answer.streamedText() == "You said: hello wide world")
        #expect(events.allSatisfy { $0.payload["p"]?.stringValue?.isEmpty == false })
        #expect(events.last?.payload["usage"] == ["inputTokens": 4, "outputTokens": 5, "totalTokens": 9])
    }

    @Test func systemAndEarlierTurnsAreNotEchoedButCounted() throws {
        let answer = sandbox.converse([
            "system": [["text": "be brief"]], "messages": [.user("a"), .assistant("b"), .user("last")],
        ])
        #expect(answer.text == "You said: last")
        #expect(try answer.json()["usage"]?["inputTokens"] == 5)
    }

    @Test func maximumTokens() throws {
        let body: JSON = ["messages": [.user("one two three")], "inferenceConfig": ["maxTokens": 3]]
        let answer = sandbox.converse(body)
        #expect(answer.text == "You said: one")
        #expect(try answer.json()["stopReason"] == "max_tokens")
        let streamed = sandbox.converse(body, stream: true)
        #expect(try streamed.streamedText() == "You said: one")
        #expect(try streamed.events().first { $0.name == "messageStop" }?.payload["stopReason"] == "max_tokens")
    }

    @Test func stopSequences() throws {
        let body: JSON = [
            "messages": [.user("one STOP two")], "inferenceConfig": ["stopSequences": ["two", "STOP"]],
            "additionalModelResponseFieldPaths": ["/stop_sequence"],
        ]
        let answer = sandbox.converse(body)
        #expect(answer.text == "You said: one ")
        let json = try answer.json()
        #expect(json["stopReason"] == "stop_sequence")
        #expect(json["additionalModelResponseFields"] == ["stop_sequence": "STOP"])
        #expect(try sandbox.converse(body, stream: true).streamedText() == "You said: one ")
    }

    @Test func mediaAreAcknowledged() {
        let answer = sandbox.converse([
            "messages": [.user(.text("see"), .image(), .document("notes"), .document("more", format: "md"))]
        ])
        #expect(
            answer.text
                == "You said: see\nI see 1 image (png, 32 bytes).\nI see 2 documents (notes, txt, 5 bytes; more, md, 5 bytes)."
        )
    }

    @Test func deepSeekReasonsFirst() throws {
        let content = try sandbox.converse("hi", model: Model.deepSeek).json()["output"]?["message"]?["content"]
        #expect(content?[0]?["reasoningContent"]?["reasoningText"]?["text"]?.stringValue?.isEmpty == false)
        #expect(content?[1]?["text"] == "You said: hi")
        let events = try sandbox.converse("hi", model: Model.deepSeek, stream: true).events()
        let reasoning = events.filter { $0.payload["delta"]?["reasoningContent"]?["text"] != nil }
        #expect(reasoning.count == 12)
        #expect(reasoning.allSatisfy { $0.payload["contentBlockIndex"] == 0 })
        #expect(
            events.filter { $0.payload["delta"]?["text"] != nil }.allSatisfy { $0.payload["contentBlockIndex"] == 1 }
        )
    }

    @Test func claudeThinksWhenAskedAndSigns() throws {
        let body: JSON = [
            "messages": [.user("hi")],
            "additionalModelRequestFields": ["thinking": ["type": "enabled", "budget_tokens": 1024]],
        ]
        let events = try sandbox.converse(body, model: Model.claude, stream: true).events()
        let signatures = events.compactMap { $0.payload["delta"]?["reasoningContent"]?["signature"]?.stringValue }
        #expect(signatures.count == 1)
        let whole = try sandbox.converse(body, model: Model.claude).json()["output"]?["message"]?["content"]?[0]
        #expect(whole?["reasoningContent"]?["reasoningText"]?["signature"]?.stringValue == signatures.first)
    }

    @Test func latencyOfTheRequestIsRepeated() throws {
        let body: JSON = ["messages": [.user("hi")], "performanceConfig": ["latency": "optimized"]]
        let answer = sandbox.converse(body, model: "amazon.nova-pro-v1:0")
        #expect(try answer.json()["performanceConfig"] == ["latency": "optimized"])
    }

    @Test func equalRequestsGetEqualAnswers() {
        let first = sandbox.converse("some words", stream: true).streamed
        #expect(first == Sandbox.quick().converse("some words", stream: true).streamed)
    }

    @Test func paceAndDelay() {
        let paced = Sandbox.quick { $0.tokensPerSecond = 100 }
        #expect(paced.converse("a b c").delay == .milliseconds(50))
        guard case .script(let script) = paced.converse("a b c", stream: true).body else {
            Issue.record("no stream")
            return
        }
        #expect(script.interval == .milliseconds(10))
    }

    @Test func badBodies() {
        for body in ["{", "[]", "\"a\"", "\u{FF}"] {
            let request = SandboxRequest(
                method: "POST",
                target: "/model/\(Model.nova)/converse",
                headers: [SandboxHeader("Authorization", "bearer sandbox-bedrock-api-key")],
                body: Array(body.utf8)
            )
            let answer = sandbox.answer(request, at: Sandbox.now)
            #expect(answer.status == 400)
            #expect(answer.errorType == "SerializationException")
        }
    }
}

struct ToolAnswerTests {
    let sandbox = Sandbox.quick()

    @Test func callsOnDemand() throws {
        let body: JSON = [
            "messages": [.user(#"please call:look {"at": "a b", "n": [1, {"x": "}"}]} call:look {} call:other"#)],
            "toolConfig": .tools("look", "other"),
        ]
        let answer = try sandbox.converse(body).json()
        #expect(answer["stopReason"] == "tool_use")
        let content = answer["output"]?["message"]?["content"]
        #expect(content?[0]?["text"] == "You said: please")
        #expect(content?[1]?["toolUse"]?["name"] == "look")
        #expect(content?[1]?["toolUse"]?["input"] == ["at": "a b", "n": [1, ["x": "}"]]])
        #expect(content?[2]?["toolUse"]?["input"] == [:])
        #expect(content?[3]?["toolUse"]?["name"] == "other")
        let ids = (1...3).compactMap { content?[$0]?["toolUse"]?["toolUseId"]?.stringValue }
        #expect(Set(ids).count == 3)
        #expect(ids.allSatisfy(TextPattern.toolUseID.matches))
    }

    @Test func streamedCalls() throws {
        let body: JSON = [
            "messages": [.user(#"call:look {"at":"the whole world"} call:look"#)], "toolConfig": .tools("look"),
        ]
        let events = try sandbox.converse(body, stream: true).events()
        let starts = events.filter { $0.name == "contentBlockStart" }
        #expect(starts.map { $0.payload["contentBlockIndex"] } == [0, 1])
        #expect(starts.allSatisfy { $0.payload["start"]?["toolUse"]?["name"] == "look" })
        let first = events.filter { $0.name == "contentBlockDelta" && $0.payload["contentBlockIndex"] == 0 }
        let pieces = first.compactMap { $0.payload["delta"]?["toolUse"]?["input"]?.stringValue }
        #expect(pieces.count > 1)
        #expect(pieces.joined() == #"{"at":"the whole world"}"#)
        // Nova sends no piece for an empty input, Claude an empty one.
        #expect(!events.contains { $0.name == "contentBlockDelta" && $0.payload["contentBlockIndex"] == 1 })
        let claude = try sandbox.converse(body, model: Model.claude, stream: true).events()
        #expect(
            claude.contains { $0.payload["contentBlockIndex"] == 1 && $0.payload["delta"]?["toolUse"]?["input"] == "" }
        )
    }

    @Test func withoutToolsACallIsOnlyText() {
        #expect(sandbox.converse(#"call:look {"a": 1}"#).text == #"You said: call:look {"a": 1}"#)
    }

    @Test func forcedCallsFollowTheSchema() throws {
        let schema: JSON = [
            "type": "object",
            "properties": [
                "city": ["type": "string"], "days": ["type": "integer", "minimum": 3], "unit": ["enum": ["C", "F"]],
                "deep": ["type": "object", "properties": ["on": ["type": "boolean"]], "required": ["on"]],
            ],
            "required": ["city", "days", "unit", "deep"],
        ]
        let body: JSON = [
            "messages": [.user("the weather")],
            "toolConfig": [
                "tools": [.tool("first"), .tool("weather", schema: schema)],
                "toolChoice": ["tool": ["name": "weather"]],
            ],
        ]
        let use = try sandbox.converse(body).json()["output"]?["message"]?["content"]?[1]?["toolUse"]
        #expect(use?["name"] == "weather")
        #expect(use?["input"] == ["city": "text", "days": 3, "unit": "C", "deep": ["on": true]])
        let any: JSON = ["messages": [.user("x")], "toolConfig": .tools("first", "second", choice: ["any": [:]])]
        #expect(
            try sandbox.converse(any).json()["output"]?["message"]?["content"]?[1]?["toolUse"]?["name"] == "first"
        )
    }

    /// An agent that has to call something would go on for ever.
    @Test func afterResultsTheLastToolIsCalled() throws {
        let body: JSON = [
            "messages": [.user("x"), .assistant(.toolUse("a", "first")), .user(.toolResult("a", [["text": "y"]]))],
            "toolConfig": .tools("first", "second", choice: ["any": [:]]),
        ]
        #expect(
            try sandbox.converse(body).json()["output"]?["message"]?["content"]?[1]?["toolUse"]?["name"] == "second"
        )
    }

    @Test func samplesFollowReferencesAndFormats() {
        let schema: JSON = [
            "properties": [
                "day": ["type": "string", "format": "date"], "items": ["$ref": "#/$defs/Items"],
                "nowhere": ["$ref": "elsewhere"],
            ],
            "required": ["day", "items", "nowhere"],
            "$defs": [
                "Items": ["type": "array", "minItems": 2, "items": ["$ref": "#/$defs/Item"]], "Item": ["const": 1],
            ],
        ]
        #expect(SchemaSample.value(for: schema) == ["day": "2025-01-31", "items": [1, 1], "nowhere": [:]])
    }

    @Test(
        arguments: [
            (["type": "integer", "exclusiveMinimum": 3], 4), (["type": "number", "exclusiveMinimum": 0], 0.5),
            (["type": "number", "maximum": -2], -2), (["type": "integer", "minimum": 7, "maximum": 9], 7),
            (["type": "integer"], 1),
        ] as [(JSON, JSON)]
    )
    func samplesKeepToBounds(_ schema: JSON, _ sample: JSON) {
        #expect(SchemaSample.value(for: schema) == sample)
    }

    /// Four values become sixteen at the next level, and so on.
    @Test func samplesHaveAnEnd() {
        let names: JSON = ["a", "b", "c", "d"]
        let part: JSON = ["$ref": "#"]
        let schema: JSON = ["properties": ["a": part, "b": part, "c": part, "d": part], "required": names]
        #expect(SchemaSample.value(for: schema).serialized().count < 20_000)
        let next: JSON = ["anyOf": [part, ["type": "null"]]]
        let nodes = SchemaSample.value(for: ["properties": ["next": next], "required": ["next"]])
        #expect(nodes.serializedString().hasSuffix(#"{"next":null}}}}"#))
        let list: JSON = ["type": "array", "minItems": 1_000_000_000_000]
        #expect(SchemaSample.value(for: list).serialized().count < 20_000)
    }

    @Test func resultsAreQuoted() {
        let answer = sandbox.converse([
            "messages": [
                .user("call:look"), .assistant(.toolUse("a"), .toolUse("b", "hear")),
                .user(.toolResult("a", [["text": "a tree"], ["json": ["n": 1]]]), .toolResult("b", status: "error")),
            ],
            "toolConfig": .tools("look", "hear"),
        ])
        #expect(answer.text == "The tool look answered: a tree {\"n\":1}\nThe tool hear failed: found")
    }

    @Test func novaFailsOnHyphens() {
        let answer = sandbox.converse(["messages": [.user("call:a-b")], "toolConfig": .tools("a-b")])
        #expect(answer.status == 424)
        #expect(answer.errorType == "ModelErrorException")
        #expect(answer.message?.contains("invalid sequence as part of ToolUse") == true)
    }

    @Test func tokenLimitInsideACall() throws {
        let body: JSON = [
            "messages": [.user(#"call:look {"at":"the whole wide world"}"#)], "toolConfig": .tools("look"),
            "inferenceConfig": ["maxTokens": 1],
        ]
        let streamed = try sandbox.converse(body, stream: true).events()
        #expect(streamed.compactMap { $0.payload["delta"]?["toolUse"]?["input"]?.stringValue } == [#"{"at":"t"#])
        #expect(try sandbox.converse(body).json()["output"]?["message"]?["content"] == [])
        #expect(try sandbox.converse(body).json()["stopReason"] == "max_tokens")
    }
}

struct GuardrailTests {
    private func body(_ identifier: String, trace: String = "enabled", mode: String? = nil) -> JSON {
        var guardrail: JSONObject = [
            "guardrailIdentifier": .string(identifier), "guardrailVersion": "1", "trace": .string(trace),
        ]
        if let mode { guardrail["streamProcessingMode"] = .string(mode) }
        return ["messages": [.user("hello")], "guardrailConfig": .object(guardrail)]
    }

    @Test func passes() { #expect(Sandbox.quick().converse(body("abc123")).text == "You said: hello") }

    @Test func blocksTheInput() throws {
        let answer = try Sandbox.quick().converse(body("blocked")).json()
        #expect(answer["stopReason"] == "guardrail_intervened")
        #expect(answer["output"]?["message"]?["content"] == [["text": "Sorry, the guardrail has blocked this."]])
        #expect(answer["trace"]?["guardrail"]?["inputAssessment"]?["blocked"]?["wordPolicy"] != nil)
        #expect(try Sandbox.quick().converse(body("blocked", trace: "disabled")).json()["trace"] == nil)
    }

    @Test func saysSoWhateverTheLimits() throws {
        var limited = try #require(body("blocked").objectValue)
        limited["inferenceConfig"] = ["maxTokens": 2, "stopSequences": ["guardrail"]]
        let answer = try Sandbox.quick().converse(.object(limited)).json()
        #expect(answer["stopReason"] == "guardrail_intervened")
        #expect(answer["output"]?["message"]?["content"] == [["text": "Sorry, the guardrail has blocked this."]])
    }

    @Test func blocksTheOutput() throws {
        let synchronous = Sandbox.quick().converse(body("blockedoutput", mode: "sync"), stream: true)
        #expect(try synchronous.streamedText() == "Sorry, the guardrail has blocked this.")
        let asynchronous = Sandbox.quick().converse(body("blockedoutput", mode: "async"), stream: true)
        #expect(try asynchronous.streamedText() == "You said: hello\nSorry, the guardrail has blocked this.")
        #expect(
            try asynchronous.events().first { $0.name == "messageStop" }?.payload["stopReason"]
                == "guardrail_intervened"
        )
    }
}

struct PromptCacheTests {
    private func usage(_ sandbox: Sandbox, _ body: JSON, model: String = Model.claude) throws -> JSON? {
        try sandbox.converse(body, model: model).json()["usage"]
    }

    @Test func writtenThenRead() throws {
        let sandbox = Sandbox.quick()
        let system: JSON = [["text": .string(String(repeating: "word", count: 10))], .cachePoint]
        let first = try usage(sandbox, ["system": system, "messages": [.user("four")]])
        #expect(first?["inputTokens"] == 1)
        #expect(first?["cacheWriteInputTokens"] == 10)
        #expect(first?["cacheReadInputTokens"] == 0)
        let second = try usage(sandbox, ["system": system, "messages": [.user("four more")]])
        #expect(second?["inputTokens"] == 3)
        #expect(second?["cacheWriteInputTokens"] == 0)
        #expect(second?["cacheReadInputTokens"] == 10)
        #expect(second?["totalTokens"] == 17)
    }

    @Test func growingConversationReadsItsLongestPrefix() throws {
        let sandbox = Sandbox.quick()
        _ = try usage(sandbox, ["messages": [.user(.text("12345678"), .cachePoint)]])
        let grown = try usage(
            sandbox,
            [
                "messages": [
                    .user(.text("12345678"), .cachePoint), .assistant("1234"), .user(.text("5678"), .cachePoint),
                ]
            ]
        )
        #expect(grown?["cacheReadInputTokens"] == 2)
        #expect(grown?["cacheWriteInputTokens"] == 2)
        #expect(grown?["inputTokens"] == 0)
    }

    @Test func toolsComeFirstAndModelsAreApart() throws {
        let sandbox = Sandbox.quick()
        let body: JSON = ["toolConfig": ["tools": [.tool("a"), .cachePoint]], "messages": [.user("hi")]]
        let first = try usage(sandbox, body)?["cacheWriteInputTokens"]?.intValue ?? 0
        #expect(first > 0)
        #expect(try usage(sandbox, body)?["cacheReadInputTokens"]?.intValue == first)
        let other = "anthropic.claude-sonnet-4-20250514-v1:0"
        #expect(try usage(sandbox, body, model: other)?["cacheReadInputTokens"] == 0)
    }

    @Test func changedPrefixIsNotRead() throws {
        let sandbox = Sandbox.quick()
        _ = try usage(sandbox, ["system": [["text": "abcd"], .cachePoint], "messages": [.user("hi")]])
        let changed = try usage(sandbox, ["system": [["text": "abce"], .cachePoint], "messages": [.user("hi")]])
        #expect(changed?["cacheReadInputTokens"] == 0)
        #expect(changed?["cacheWriteInputTokens"] == 1)
    }

    @Test func withoutPointsNothingIsReported() throws {
        #expect(try usage(Sandbox.quick(), ["messages": [.user("hi")]])?["cacheReadInputTokens"] == nil)
    }

    @Test func shortPrefixesAndCapacity() throws {
        let short = Sandbox.quick { $0.minimumCachedTokens = 100 }
        let body: JSON = ["system": [["text": "abcd"], .cachePoint], "messages": [.user("hi")]]
        #expect(try usage(short, body)?["cacheWriteInputTokens"] == 0)
        #expect(try usage(short, body)?["inputTokens"] == 2)

        let cache = PromptCache(capacity: 2)
        func share(_ text: String) -> PromptCache.Share {
            let json: JSON = ["messages": [.user(.text(text), .cachePoint)]]
            return cache.count(ConverseRequest(json, isStreaming: false).parts, model: .claude("m"))
        }
        for text in ["a", "b", "c"] { #expect(share(text).read == 0) }
        #expect(share("c").read == 1)
        #expect(share("a").read == 0)
    }
}
