import JSON
import Testing

@testable import DIAL

/// What clients made for OpenAI's API send passes where unknown fields are ignored, and nowhere else.
@Suite struct OpenAIFormsTests {
    static let call: JSON = ["id": "1", "type": "function", "function": ["name": "f", "arguments": "{}"]]
    static let user: JSON = ["role": "user", "content": "x"]
    static let parts: JSON = [["type": "text", "text": "a"], ["type": "text", "text": "b"]]

    static func decode(_ members: JSONObject, _ messages: JSON = [user]) throws -> ChatCompletionRequest {
        var body = members
        body["messages"] = messages
        let request = try ChatCompletionRequest(decoding: .object(body), ignoringUnknownFields: true)
        try request.checkMessages()
        return request
    }

    private static let members: [JSONObject] = [
        ["stream": nil], ["stream_options": [:]], ["stream_options": ["include_obfuscation": false]],
        ["tools": [["type": "function", "function": ["name": "f", "strict": nil]]]],
        ["tools": [["type": "function", "strict": nil, "function": ["name": "f"]]]],
        ["response_format": ["type": "json_schema", "json_schema": ["name": "x"]]], ["reasoning_effort": "xhigh"],
        ["tool_choice": ["type": "allowed_tools", "allowed_tools": ["mode": "auto", "tools": []]], "tools": []],
    ]

    @Test(arguments: members) func theyAreTaken(_ members: JSONObject) throws {
        #expect(try !Self.decode(members).stream)
        var strict = members
        strict["messages"] = [Self.user]
        #expect(throws: DIALError.self) { try ChatCompletionRequest(decoding: .object(strict)) }
    }

    private static let messages: [(JSON, String)] = [
        (["role": "assistant", "content": parts, "tool_calls": [call]], "a\nb"),
        (["role": "tool", "tool_call_id": "1", "content": parts], "a\nb"),
        (["role": "function", "name": "f", "content": parts], "a\nb"),
        (["role": "assistant", "content": nil, "tool_calls": []], "."), (["role": "assistant"], "."),
        (["role": "assistant", "content": " \n"], "."), (["role": "assistant", "content": []], "."),
        (["role": "assistant", "content": [["type": "refusal", "refusal": "no"]]], "no"),
        (["role": "assistant", "content": nil, "refusal": "no"], "no"),
        (["role": "assistant", "content": "yes", "refusal": ""], "yes"),
    ]

    @Test(arguments: messages) func messagesAreTaken(_ message: JSON, _ text: String) throws {
        let message = try #require(try Self.decode([:], [message]).messages.first)
        switch message.content {
        case .text(let found)?: #expect(found == text)
        case .parts(let parts)?: #expect(parts.map(\.text) == [text])
        case nil: Issue.record("no content")
        }
        #expect(message.toolCalls?.isEmpty != true)
    }

    @Test func whatHasAMeaningStays() throws {
        let state: JSON = ["role": "assistant", "custom_content": ["state": ["x": 1]]]
        #expect(try Self.decode([:], [state]).messages[0].content == nil)
        guard
            case .parts(let parts)? = try Self.decode([:], [["role": "user", "content": Self.parts]]).messages[0]
                .content
        else {
            Issue.record("parts of a user are no longer parts")
            return
        }
        #expect(parts.count == 2)
    }

    @Test func limits() throws {
        #expect(try Self.decode(["max_completion_tokens": 7]).maxTokens == 7)
        #expect(try Self.decode(["max_tokens": 3, "max_completion_tokens": 7]).maxTokens == 3)
        #expect(try Self.decode(["max_tokens": nil, "max_completion_tokens": 7]).maxTokens == 7)
        #expect(try ChatCompletionRequest(decoding: ["max_completion_tokens": 7, "messages": []]).maxTokens == nil)
    }

    @Test func someOfTheToolsMayBeAllowed() throws {
        let tools = JSON.array(["a", "b", "c"].map { ["type": "function", "function": ["name": .string($0)]] })
        let allowed: JSON = [
            ["type": "function", "function": ["name": "c"]], ["type": "function", "function": ["name": "a"]],
        ]
        let choice: JSON = ["type": "allowed_tools", "allowed_tools": ["mode": "required", "tools": allowed]]
        let request = try Self.decode(["tools": tools, "tool_choice": choice])
        #expect(request.declaredFunctions.map(\.name) == ["a", "c"])
        #expect(request.toolChoice == .required)
        let unknown: JSON = [["type": "function", "function": ["name": "d"]]]
        for wrong: JSON in [
            ["type": "allowed_tools", "allowed_tools": ["mode": "auto", "tools": unknown]],
            ["type": "allowed_tools", "mode": "auto", "tools": allowed], ["type": "allowed_tools", "allowed_tools": 1],
        ] {
            #expect(throws: DIALError.self) { try Self.decode(["tools": tools, "tool_choice": wrong]) }
        }
    }

    /// No part of a result that is no text has a place in one.
    @Test func imagesOfResultsAreRefused() throws {
        let image: JSON = [
            "type": "image_url", "image_url": ["url": "data:image/png;base64,AA==", "detail": "original"],
        ]
        #expect(throws: DIALError.self) {
            try Self.decode([:], [["role": "tool", "tool_call_id": "1", "content": [image]]])
        }
        _ = try Self.decode([:], [["role": "user", "content": [image]]])
    }

    @Test(
        arguments: [
            ["messages": 1], ["messages": [1, "x", nil]], ["tools": [1]],
            ["tools": 1, "tool_choice": ["type": "allowed_tools"]],
            ["response_format": 1], ["messages": [["role": 1, "content": [[1]], "tool_calls": 1]]],
        ] as [JSON]
    )
    func whatIsWrongIsStillRefused(_ body: JSON) {
        #expect(throws: DIALError.self) { try ChatCompletionRequest(decoding: body, ignoringUnknownFields: true) }
    }

    @Test func inputsOfTokenizeAreRequestsToo() throws {
        let request = try TokenizeRequest(
            decoding: ["inputs": [["value": ["messages": [["role": "assistant"]]]]]],
            ignoringUnknownFields: true
        )
        guard case .request(let chat)? = request.inputs.first, case .text(let text)? = chat.messages[0].content else {
            Issue.record("no text")
            return
        }
        #expect(text == ".")
    }
}
