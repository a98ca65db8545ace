import JSON
import Testing

@testable import Adapters
@testable import Catalog
@testable import DIAL

/// What OpenAI's models take and the model does not, for clients made for OpenAI's API.
struct OpenAIClientTests {
    private static let llama = "meta.llama3-3-70b-instruct-v1:0"
    private static let user: JSON = ["role": "user", "content": "x"]
    private static let assistant: JSON = ["role": "assistant", "content": "y"]

    private static func prepare(
        _ members: JSONObject,
        _ messages: [JSON],
        _ model: String
    ) async throws -> PreparedChat {
        var body = members
        body["messages"] = .array(messages)
        let request = try ChatCompletionRequest(decoding: .object(body), ignoringUnknownFields: true)
        let deployment = try #require(Catalog().resolve(id: model, kind: .chat))
        let context = AdapterContext(deployment: deployment, attachments: NoFiles())
        let isClaude = deployment.profile.family == .claude
        let adapter: any ChatAdapter = isClaude ? ClaudeMessagesAdapter() : ConverseAdapter()
        return try await adapter.prepare(request, context)
    }

    private static func sent(_ members: JSONObject, _ messages: [JSON], _ model: String) async throws -> JSON {
        try JSON(parsing: try await prepare(members, messages, model).call.body)
    }

    @Test(arguments: [Converse.nova, llama]) func laterSystemMessages(model: String) async throws {
        let late: JSON = ["role": "developer", "content": "late"]
        let prepared = try await Self.prepare([:], [Self.user, Self.assistant, late, Self.user], model)
        #expect(prepared.notes == [Message.lateSystemNote])
        let body = try JSON(parsing: prepared.call.body)
        #expect(body["system"] == [["text": "late"]])
        #expect(body["messages"]?.arrayValue?.count == 3)
    }

    @Test(arguments: [(Converse.nova, 2), (llama, 3), (Claude.sonnet4, 2), (Claude.opus46, 3)])
    func conversationsThatEndWithTheAssistant(model: String, turns: Int) async throws {
        let body = try await Self.sent(["max_tokens": 9], [Self.user, Self.assistant], model)
        let messages = try #require(body["messages"]?.arrayValue)
        #expect(messages.count == turns)
        if turns == 3 { #expect(messages[2]["content"]?[0]?["text"] == "Continue.") }
    }

    /// What is added is not what truncation keeps.
    @Test(arguments: [llama, Claude.opus46]) func theyAreTruncatedAsOthersAre(model: String) async throws {
        let long: JSON = ["role": "assistant", "content": .string(String(repeating: "y ", count: 500))]
        let error = try await PreparedChat.error {
            try await Self.prepare(["max_prompt_tokens": 60], [Self.user, long], model)
        }
        #expect(error.status == 400)
    }

    @Test func noToolIsToBeCalled() async throws {
        let tools: JSON = [["type": "function", "function": ["name": "f"]]]
        let members: JSONObject = ["tools": tools, "tool_choice": "none"]
        #expect(try await Self.sent(members, [Self.user], Converse.nova)["toolConfig"] == nil)
        let call: JSON = ["id": "1", "type": "function", "function": ["name": "f", "arguments": "{}"]]
        let history: [JSON] = [
            Self.user, ["role": "assistant", "tool_calls": [call]],
            ["role": "tool", "tool_call_id": "1", "content": "z"],
        ]
        let form: JSON = ["type": "json_schema", "json_schema": ["name": "g", "schema": ["type": "object"]]]
        var formedMembers = members
        formedMembers["response_format"] = form
        let formed = try await Self.sent(formedMembers, history, Converse.nova)
        #expect(formed["toolConfig"]?["toolChoice"] == ["tool": ["name": "g"]])
        // The service refuses calls in the history of a request without tools.
        #expect(try await Self.sent(members, history, Converse.nova)["toolConfig"]?["tools"]?.arrayValue?.count == 1)
    }
}
