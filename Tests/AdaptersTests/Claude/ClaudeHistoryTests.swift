import JSON
import Testing

@testable import Adapters
@testable import DIAL

/// What came from the model, or from another one, as the service takes it back.
struct ClaudeHistoryTests {
    private static func call(_ id: String, _ arguments: String = "{}", name: String = "f") -> JSON {
        ["id": .string(id), "type": "function", "function": ["name": .string(name), "arguments": .string(arguments)]]
    }

    private static func result(_ id: String, _ text: String = "r") -> JSON {
        ["role": "tool", "tool_call_id": .string(id), "content": .string(text)]
    }

    private static func state(_ blocks: JSON) -> JSON { ["state": ["claude_message_content": blocks]] }

    /// The service refuses to continue a message that ends with thinking.
    @Test func whatIsContinuedDoesNotEndWithThinking() async throws {
        let thinking: JSON = ["type": "thinking", "thinking": "a", "signature": "S"]
        let text: JSON = ["type": "text", "text": "b"]
        let state = Self.state([thinking, text, thinking, ["type": "text", "text": "  "]])
        let body = try await Claude.body([
            "messages": [
                ["role": "user", "content": "x"], ["role": "assistant", "content": "b", "custom_content": state],
            ],
            "max_tokens": 4000,
            "custom_fields": ["configuration": ["thinking": ["type": "enabled", "budget_tokens": 1024]]],
        ])
        #expect(body["messages"]?[1]?["content"] == [thinking, text])
    }

    /// Nor does it take an earlier one that does.
    @Test func anEarlierMessageDoesNotEndWithThinking() async throws {
        let thinking: JSON = ["type": "thinking", "thinking": "a", "signature": "S"]
        let text: JSON = ["type": "text", "text": "b"]
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            ["role": "assistant", "content": "b", "custom_content": Self.state([thinking, text, thinking])],
            ["role": "user", "content": "y"],
        ])
        #expect(messages[1]?["content"] == [thinking, text])
    }

    /// Earlier states lack a title that is null; documents may be gone, since the conversation was cut or edited.
    @Test(arguments: [true, false])
    func citationsThatTheServiceRefusesAreMended(hasDocument: Bool) async throws {
        let place: JSONObject = ["type": "char_location", "cited_text": "c", "document_index": 0]
        let web: JSONObject = ["type": "web_search_result_location", "url": "u", "cited_text": "c"]
        let blocks: JSON = [["type": "text", "text": "b", "citations": [.object(place), .object(web)]]]
        var asking: JSONObject = ["role": "user", "content": "x"]
        if hasDocument {
            asking["custom_content"] = ["attachments": [["type": "text/plain", "data": "aGk=", "title": "t"]]]
        }
        let messages = try await Claude.messages([
            .object(asking), ["role": "assistant", "content": "b", "custom_content": Self.state(blocks)],
            ["role": "user", "content": "y"],
        ])
        let citations = messages[1]?["content"]?[0]?["citations"]?.arrayValue ?? []
        #expect(citations.count == (hasDocument ? 2 : 1))
        if hasDocument { #expect(citations.first?["document_title"] == .null) }
        #expect(citations.last?["title"] == .null)
    }

    /// Numbers count the documents of the whole request.
    @Test func citationsFollowTheirDocuments() async throws {
        func asking(_ text: String) -> JSON {
            [
                "role": "user", "content": .string(text),
                "custom_content": ["attachments": [["type": "text/plain", "data": "aGk=", "title": "t"]]],
            ]
        }
        func citing(_ number: Int) -> JSON {
            let place: JSON = ["type": "char_location", "document_index": JSON(number), "document_title": nil]
            return ["type": "text", "text": "b", "citations": [place]]
        }
        let body = try await Claude.body([
            "messages": [
                asking(String(repeating: "x", count: 5000)), ["role": "assistant", "content": "a"], asking("y"),
                ["role": "assistant", "content": "b", "custom_content": Self.state([citing(0), citing(1)])],
                ["role": "user", "content": "z"],
            ],
            "max_prompt_tokens": 1000,
        ])
        let blocks = body["messages"]?[1]?["content"]?.arrayValue ?? []
        #expect(blocks.map { $0["citations"]?[0]?["document_index"] } == [nil, 0])
    }

    /// Clients copy members from message to message. Ids that come twice are what makes calls be renamed.
    @Test func callsOfTheUserMeanNothing() async throws {
        let asking: JSON = [
            "role": "user", "content": "x", "tool_calls": [Self.call("a"), Self.call("a")],
            "function_call": ["name": "f", "arguments": "{}"],
        ]
        let messages = try await Claude.messages([
            asking, ["role": "assistant", "content": "y"], ["role": "user", "content": "z"],
        ])
        #expect(messages[0]?["content"] == [["type": "text", "text": "x"]])
        #expect(messages.arrayValue?.count == 3)
    }

    /// The service writes empty texts, and refuses them when they come back.
    @Test func replayedBlankTextsAreDropped() async throws {
        let signed: JSON = ["type": "thinking", "thinking": "a", "signature": "S"]
        let call: JSON = ["type": "tool_use", "id": "t", "name": "f", "input": [:]]
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            [
                "role": "assistant", "content": "",
                "custom_content": Self.state([signed, ["type": "text", "text": "\n\n"], call]),
            ],
            Self.result("t"),
        ])
        #expect(messages[1]?["content"] == [signed, call])
    }

    @Test(
        arguments: [
            // Cut within its thinking, an answer has no signature.
            ([["type": "thinking", "thinking": "a", "signature": ""]], [["type": "text", "text": "."]]),
            (
                [["type": "thinking", "thinking": "a", "signature": ""], ["type": "text", "text": "b"]],
                [["type": "text", "text": "b"]]
            ),
            // Thinking cannot stand alone, but a signature without text is thinking.
            (
                [["type": "thinking", "thinking": "", "signature": "S"]],
                [["type": "thinking", "thinking": "", "signature": "S"], ["type": "text", "text": "."]]
            ),
            (
                [["type": "text", "text": "b"], ["type": "redacted_thinking", "data": "D"]],
                [["type": "text", "text": "b"]]
            ),
        ] as [(JSON, JSON)]
    )
    func thinkingThatTheServiceRefusesIsMended(_ written: JSON, _ sent: JSON) async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            ["role": "assistant", "content": "other", "custom_content": Self.state(written)],
            ["role": "user", "content": "y"],
        ])
        #expect(messages[1]?["content"] == sent)
    }

    /// Two messages of the assistant are one turn, and thinking has to come first in it.
    @Test func thinkingBehindAnotherMessageIsDropped() async throws {
        let signed: JSON = ["type": "thinking", "thinking": "a", "signature": "S"]
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"], ["role": "assistant", "content": "one"],
            [
                "role": "assistant", "content": "two",
                "custom_content": Self.state([signed, ["type": "text", "text": "two"]]),
            ],
            ["role": "user", "content": "y"],
        ])
        #expect(messages[1]?["content"] == [["type": "text", "text": "one"], ["type": "text", "text": "two"]])
    }

    private static func prefilled(_ blocks: JSON, thinking: JSON?) -> JSON {
        var request: JSONObject = [
            "messages": [
                ["role": "user", "content": "x"],
                ["role": "assistant", "content": "{", "custom_content": Self.state(blocks)],
            ]
        ]
        if let thinking { request["custom_fields"] = ["configuration": ["thinking": thinking]] }
        return .object(request)
    }

    /// The service thinks on only where it has thought.
    @Test func aPrefillAndThinkingGoTogetherOnlyIfItBeginsWithThinking() async throws {
        let signed: JSON = ["type": "thinking", "thinking": "a", "signature": "S"]
        let text: JSON = ["type": "text", "text": "{"]
        let budget: JSON = ["type": "enabled", "budget_tokens": 1024]
        let thought = try await Claude.body(Self.prefilled([signed, text], thinking: budget))
        #expect(thought["thinking"] == budget)
        #expect(thought["messages"]?[1]?["content"] == [signed, text])
        let plain = try await Claude.body(Self.prefilled([text], thinking: budget))
        #expect(plain["thinking"] == nil)
        let quiet = try await Claude.body(Self.prefilled([signed, text], thinking: nil))
        #expect(quiet["messages"]?[1]?["content"] == [text])
    }

    // MARK: Ids of calls

    /// Every call needs an id of its own, of the characters that the service takes.
    @Test func idsOfCallsAreMadeAcceptable() async throws {
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            ["role": "assistant", "tool_calls": [Self.call("f.g:0"), Self.call("call"), Self.call("")]],
            Self.result(""), Self.result("call"), Self.result("f.g:0", "first"),
            ["role": "assistant", "tool_calls": [Self.call("call")]], Self.result("call"),
        ])
        let calls = messages[1]?["content"]?.arrayValue?.map { $0["id"] }
        #expect(calls == ["f_g_0", "call", "call_2"])
        #expect(messages[2]?["content"]?.arrayValue?.map { $0["tool_use_id"] } == calls)
        #expect(messages[2]?["content"]?[0]?["content"]?[0]?["text"] == "first")
        #expect(messages[3]?["content"]?[0]?["id"] == "call_3")
        #expect(messages[4]?["content"]?[0]?["tool_use_id"] == "call_3")
    }

    @Test func aFunctionCalledTwice() async throws {
        let call: JSON = ["role": "assistant", "function_call": ["name": "f.g", "arguments": "{}"]]
        let result: JSON = ["role": "function", "name": "f.g", "content": "r"]
        let messages = try await Claude.messages([["role": "user", "content": "x"], call, result, call, result])
        #expect(messages[1]?["content"]?[0]?["id"] == "f_g")
        #expect(messages[3]?["content"]?[0]?["id"] == "f_g_2")
        #expect(messages[4]?["content"]?[0]?["tool_use_id"] == "f_g_2")
        #expect(messages[4]?["content"]?.arrayValue?.count == 1)
    }

    /// A function's result names the function; the call that came back with the state has an id of the model's.
    @Test func aFunctionsResultFindsItsReplayedCall() async throws {
        let blocks: JSON = [
            ["type": "thinking", "thinking": "a", "signature": "S"],
            ["type": "tool_use", "id": "toolu_1", "name": "f_g", "input": [:]],
        ]
        let messages = try await Claude.messages([
            ["role": "user", "content": "x"],
            [
                "role": "assistant", "function_call": ["name": "f.g", "arguments": "{}"],
                "custom_content": Self.state(blocks),
            ],
            ["role": "function", "name": "f.g", "content": "r"],
        ])
        let expected: JSON = [
            ["type": "tool_result", "tool_use_id": "toolu_1", "content": [["type": "text", "text": "r"]]]
        ]
        #expect(messages[2]?["content"] == expected)
    }
}
