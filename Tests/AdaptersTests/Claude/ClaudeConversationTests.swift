import JSON
import Testing

@testable import Adapters
@testable import DIAL

/// Messages, tools, state and cache marks as the service takes them.
struct ClaudeConversationTests {
    private static func call(_ id: String, _ arguments: String = "{}", name: String = "f") -> JSON {
        ["id": .string(id), "type": "function", "function": ["name": .string(name), "arguments": .string(arguments)]]
    }

    private static func result(_ id: String, _ text: String = "r") -> JSON {
        ["role": "tool", "tool_call_id": .string(id), "content": .string(text)]
    }

    private static func state(_ blocks: JSON) -> JSON { ["state": ["claude_message_content": blocks]] }

    // MARK: Text

    @Test func blankTextsBesideOthersAreDropped() async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": [["type": "text", "text": " \n"], ["type": "text", "text": "a"]]],
            ["role": "user", "content": ""],
        ])
        #expect(messages == [["role": "user", "content": [["type": "text", "text": "a"]]]])
    }

    @Test func aDroppedTextHandsItsMarkOn() async throws {
        let messages = try await Claude.messages([
            [
                "role": "user", "content": [["type": "text", "text": "a"], ["type": "text", "text": " "]],
                "custom_fields": ["cache_breakpoint": [:]],
            ]
        ])
        #expect(messages[0]?["content"] == [["type": "text", "text": "a", "cache_control": ["type": "ephemeral"]]])
    }

    @Test func aConversationBeginsWithTheUser() async throws {
        let messages = try await Claude.messages([
            ["role": "assistant", "content": "Hello"], ["role": "user", "content": "Hi"],
        ])
        #expect(messages.arrayValue?.map { $0["role"]?.stringValue } == ["user", "assistant", "user"])
    }

    @Test func laterSystemMessagesJoinTheSystemPrompt() async throws {
        let body = try await Claude.body([
            "messages": [
                ["role": "system", "content": "A"], ["role": "user", "content": "x"],
                ["role": "developer", "content": "B"],
                ["role": "user", "content": "y"],
            ]
        ])
        #expect(body["system"] == [["type": "text", "text": "A"], ["type": "text", "text": "B"]])
        #expect(body["messages"]?.arrayValue?.count == 1)
    }

    @Test(
        arguments: [
            (["role": "user"], "User message is expected to have content field"),
            (["role": "assistant"], "Assistant message is expected to have content field"),
            (["role": "tool", "content": "x"], "The tool message is expected to have content and tool_call_id fields"),
            (["role": "function", "content": "x"], "The function message is expected to have content and name fields"),
            (
                ["role": "user", "content": [["type": "refusal", "refusal": "no"]]],
                "Refuse content parts aren't supported"
            ),
            (
                [
                    "role": "user",
                    "content": [["type": "input_audio", "input_audio": ["data": "AA==", "format": "wav"]]],
                ],
                "Unsupported media type: audio/wav"
            ),
        ] as [(JSON, String)]
    )
    func aWrongMessageIsRefused(_ message: JSON, _ text: String) async throws {
        let error = try await Claude.error(["messages": [message]])
        #expect(error.status == 422 && error.code == "invalid_argument" && error.message == text)
    }

    @Test func aModelWithoutPrefillSaysSo() async throws {
        let messages: JSON = [["role": "user", "content": "x"], ["role": "assistant", "content": "{"]]
        let error = try await Claude.error(["messages": messages], Claude.opus48)
        #expect(error.status == 422 && error.message.contains("last message"))
        #expect(try await Claude.messages(messages).arrayValue?.count == 2)
    }

    // MARK: Tools

    @Test(
        arguments: [("", [:]), (" \n", [:]), ("null", [:]), ("\"\"", [:]), ("[1]", [:]), ("{\"a\":1.50}", ["a": 1.50])]
            as [(String, JSON)]
    )
    func argumentsBecomeAnObject(_ arguments: String, _ input: JSON) async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"], ["role": "assistant", "tool_calls": [Self.call("t", arguments)]],
            Self.result("t"),
        ])
        let sent = try #require(messages[1]?["content"]?[0]?["input"])
        #expect(sent.isEquivalent(to: input))
    }

    @Test func resultsStandFirstInTheOrderOfTheirCalls() async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            ["role": "assistant", "content": "c", "tool_calls": [Self.call("t1"), Self.call("t2")]],
            ["role": "user", "content": "between"], Self.result("t2"), Self.result("t1"),
        ])
        let content = try #require(messages[2]?["content"]?.arrayValue)
        #expect(content.map { $0["tool_use_id"]?.stringValue } == ["t1", "t2", nil])
        #expect(content.last?["text"] == "between")
    }

    @Test func missingResultsAreMadeUpForAndStrayOnesGo() async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"], ["role": "assistant", "tool_calls": [Self.call("t1"), Self.call("t2")]],
            Self.result("t1"), Self.result("t9"),
            ["role": "assistant", "tool_calls": [Self.call("t3")]],
        ])
        let first = try #require(messages[2]?["content"]?.arrayValue)
        #expect(first.map { $0["tool_use_id"]?.stringValue } == ["t1", "t2"])
        #expect(first[0]["is_error"] == nil && first[1]["is_error"] == true)
        #expect(messages[4]?["content"]?[0]?["tool_use_id"] == "t3")
    }

    @Test func namesThatTheServiceRefusesAreReplacedAndRestored() async throws {
        let members: JSONObject = [
            "tools": [["type": "function", "function": ["name": "a.b c"]]],
            "tool_choice": ["type": "function", "function": ["name": "a.b c"]],
        ]
        let body = try await Claude.body(with: members)
        let name = try #require(body["tools"]?[0]?["name"]?.stringValue)
        #expect(name == "a_b_c")
        #expect(body["tool_choice"]?["name"]?.stringValue == name)
        let answer = try await Claude.whole(
            [
                "content": [["type": "tool_use", "id": "t", "name": .string(name), "input": [:]]],
                "stop_reason": "tool_use",
            ],
            members
        )
        #expect(answer.body?["choices"]?[0]?["message"]?["tool_calls"]?[0]?["function"]?["name"] == "a.b c")
    }

    @Test(
        arguments: [
            (["properties": ["a": [:]]], ["type": "object", "properties": ["a": [:]]]),
            ([:], ["type": "object", "properties": [:]]),
            (["type": "object", "$defs": [:]], ["type": "object", "$defs": [:]]),
        ] as [(JSON, JSON)]
    )
    func aSchemaIsAnObject(_ parameters: JSON, _ sent: JSON) async throws {
        let body = try await Claude.body(with: [
            "tools": [["type": "function", "function": ["name": "f", "parameters": parameters]]]
        ])
        #expect(body["tools"]?[0]?["input_schema"] == sent)
    }

    @Test func theFlatFormOfAToolIsTaken() async throws {
        let body = try await Claude.body(with: [
            "tools": [
                [
                    "type": "function", "name": "f", "description": "d", "parameters": ["type": "object"],
                    "custom_fields": ["cache_breakpoint": [:]],
                ]
            ]
        ])
        #expect(
            body["tools"]?[0] == [
                "name": "f", "description": "d", "input_schema": ["type": "object"],
                "cache_control": ["type": "ephemeral"],
            ]
        )
    }

    @Test func schemasKeepOrderAndSpelling() async throws {
        let text = #"{"type":"object","properties":{"z":{"minimum":0.50},"a":{"maximum":1e3}}}"#
        let body = try await Claude.prepare([
            "messages": Claude.hi,
            "tools": [["type": "function", "function": ["name": "f", "parameters": try JSON(parsing: text)]]],
        ]).call.body
        #expect(String(decoding: body, as: UTF8.self).contains(text))
    }

    @Test func anEmptyListOfToolsIsNotSent() async throws {
        let body = try await Claude.body(with: ["tools": [], "tool_choice": "auto"])
        #expect(body["tools"] == nil && body["tool_choice"] == nil)
    }

    // MARK: State

    /// The model begins a text at times and says nothing; the API refuses to be told so.
    @Test func aBlankTextOfTheStateIsLeftOut() async throws {
        let call: JSON = ["type": "tool_use", "id": "t", "name": "f", "input": [:]]
        let blocks: [JSON] = [["type": "text", "text": ""], call, ["type": "text", "text": "\n\n"]]
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            ["role": "assistant", "content": nil, "custom_content": Self.state(.array(blocks))],
            Self.result("t"),
        ])
        #expect(messages[1]?["content"] == [call])
    }

    /// An answer without a text comes back as it went out.
    @Test(arguments: [[], [["type": "text", "text": ""]]] as [JSON])
    func anAnswerWithoutTextComesBack(_ content: JSON) async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            ["role": "assistant", "content": nil, "custom_content": Self.state(content)],
            ["role": "user", "content": "y"],
        ])
        #expect(messages[1]?["content"] == [["type": "text", "text": "."]])
    }

    @Test func replayedBlocksGoOutAsTheyCame() async throws {
        let blocks: JSON = [
            ["type": "thinking", "thinking": "", "signature": "S=="], ["type": "redacted_thinking", "data": "D"],
            ["type": "text", "text": "a ", "extra": nil],
            ["type": "tool_use", "id": "t", "name": "f", "input": ["a": nil]],
        ]
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            [
                "role": "assistant", "content": "other", "tool_calls": [Self.call("zzz")],
                "custom_content": Self.state(blocks),
            ],
            Self.result("t"),
        ])
        #expect(messages[1]?["content"] == blocks)
        #expect(messages[2]?["content"]?[0]?["tool_use_id"] == "t")
    }

    @Test(
        arguments: [
            [["type": "thinking", "thinking": "x"]], [["type": "other"]], ["x"], [], ["type": "text"],
            [["type": "tool_use", "id": "t", "name": "f", "input": "no object"]],
        ] as [JSON]
    )
    func aStateThatIsNotOursIsIgnored(_ content: JSON) async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            ["role": "assistant", "content": "a", "custom_content": Self.state(content)],
            ["role": "user", "content": "y"],
        ])
        #expect(messages[1]?["content"] == [["type": "text", "text": "a"]])
    }

    // MARK: Cache marks

    private static func marked(_ role: String, _ text: String, ttl: String? = nil) -> JSON {
        let breakpoint: JSONObject = ttl.map { ["ttl": .string($0)] } ?? [:]
        return [
            "role": .string(role), "content": .string(text), "custom_fields": ["cache_breakpoint": .object(breakpoint)],
        ]
    }

    private static func marks(_ body: JSON) -> [JSON] {
        let system = body["system"]?.arrayValue ?? []
        let blocks = (body["messages"]?.arrayValue ?? []).flatMap { $0["content"]?.arrayValue ?? [] }
        return ((body["tools"]?.arrayValue ?? []) + system + blocks).compactMap { $0["cache_control"] }
    }

    @Test func theLastFourMarksAreSent() async throws {
        let body = try await Claude.body([
            "messages": [
                Self.marked("system", "s"), Self.marked("user", "1"), Self.marked("assistant", "2"),
                Self.marked("user", "3"),
                Self.marked("assistant", "4"), ["role": "user", "content": "5"],
            ]
        ])
        #expect(Self.marks(body).count == 4)
        #expect(body["system"]?[0]?["cache_control"] == nil)
    }

    @Test func aLongMarkIsNotPrecededByShortOnes() async throws {
        let request: JSON = [
            "messages": [
                Self.marked("system", "s"), Self.marked("user", "1", ttl: "1h"), Self.marked("assistant", "2"),
                ["role": "user", "content": "3"],
            ]
        ]
        let body = try JSON(parsing: await Claude.prepare(request, ignoringUnknownFields: true).call.body)
        #expect(
            Self.marks(body) == [
                ["type": "ephemeral", "ttl": "1h"], ["type": "ephemeral", "ttl": "1h"], ["type": "ephemeral"],
            ]
        )
    }

    @Test func theReportNamesTheLastMark() async throws {
        let request: JSON = [
            "messages": [
                Self.marked("system", "s", ttl: "1h"), Self.marked("user", "1"), ["role": "assistant", "content": "2"],
            ]
        ]
        let prepared = try await Claude.prepare(request, ignoringUnknownFields: true)
        #expect(prepared.cache == CacheReport(path: "prefix.body.messages[1]", timeToLive: 3600))
    }
}
