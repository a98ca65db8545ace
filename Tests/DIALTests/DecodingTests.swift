import JSON
import Testing

@testable import DIAL

@Suite("Decoded requests")
struct DecodingTests {
    @Test("Every field that has an effect arrives")
    func full() throws {
        let recording = try #require(try Recording.all("chat-full-request").first)
        let request = try ChatCompletionRequest(decoding: recording.request)

        #expect(
            request.messages.map(\.role) == [
                .system, .developer, .user, .assistant, .tool, .assistant, .function, .assistant, .user,
            ]
        )
        #expect(request.messages[0].cacheBreakpoint == CacheBreakpoint())
        guard case .parts(let parts) = request.messages[1].content else {
            Issue.record("no parts")
            return
        }
        #expect(parts.map(\.text) == ["dev"])

        let user = request.messages[2]
        #expect(user.name == "bob")
        #expect(user.attachments.map(\.url) == ["files/B/a.png", nil])
        #expect(user.attachments.map(\.type) == ["image/png", "text/markdown"])
        #expect(user.attachments.map(\.isTypeAbsent) == [false, true])
        #expect(user.customContent?.state == ["a": 1])

        let call = ToolCall(id: "c1", function: FunctionCall(name: "f", arguments: "{}"))
        #expect(request.messages[3].toolCalls == [call])
        #expect(request.messages[4].toolCallID == "c1")
        #expect(request.messages[5].functionCall == call.function)

        guard case .function(let tool) = request.tools?.first, case .staticFunction(let search) = request.tools?.last
        else {
            Issue.record("no tools")
            return
        }
        #expect(tool.function.parameters == [:])
        #expect(tool.cacheBreakpoint == CacheBreakpoint())
        #expect(search.name == "web_search")
        #expect(search.configuration == ["k": 1])
        #expect(request.toolChoice == .function("f"))

        #expect(request.temperature?.spelling == "1")
        #expect(request.topP?.spelling == "0.5")
        #expect(request.stop == ["a", "b"])
        #expect([request.n, request.maxTokens, request.maxPromptTokens] == [1, 10, 12])
        #expect(request.seed == 7)
        #expect(request.reasoningEffort == .high)
        guard case .jsonSchema(let schema) = request.responseFormat else {
            Issue.record("no schema")
            return
        }
        #expect(schema.schema == ["type": "object"])
        #expect(request.configuration == ["thinking": ["type": "enabled", "budget_tokens": 1024]])
    }

    @Test("Lenient spellings come to the same values")
    func coercions() throws {
        let request = try ChatCompletionRequest(decoding: [
            "messages": [], "n": 3.0, "max_tokens": "10", "temperature": "0.5", "top_p": true, "stream": "on",
            "stop": "end",
        ])
        #expect(request.n == 3)
        #expect(request.maxTokens == 10)
        #expect(request.temperature?.doubleValue == 0.5)
        #expect(request.topP?.spelling == "1")
        #expect(request.stream)
        #expect(request.stop == ["end"])
    }

    @Test("A number keeps its spelling")
    func spelling() throws {
        let request = try ChatCompletionRequest(decoding: JSON(parsing: #"{"messages":[],"temperature":1.50}"#))
        #expect(request.temperature?.spelling == "1.50")
    }

    @Test("A flat tool is the tool it means")
    func flatTool() throws {
        let recording = try #require(try Recording.all("bad-tool-flat").first)
        let request = try ChatCompletionRequest(decoding: recording.request)
        guard case .function(let tool) = request.tools?.first else {
            Issue.record("no tool")
            return
        }
        #expect(tool.function.name == "get_weather")
        #expect(tool.function.description == "d")
        #expect(tool.function.parameters == [:])
        #expect(tool.cacheBreakpoint == CacheBreakpoint())
    }

    @Test("Content parts of every kind")
    func contentParts() throws {
        let recording = try #require(try Recording.all("chat-content-parts").first)
        let request = try ChatCompletionRequest(decoding: recording.request)
        guard case .parts(let parts) = request.messages[0].content, parts.count == 5,
            case .imageURL(let url) = parts[1], case .file(let file) = parts[2],
            case .inputAudio(let format) = parts[3], case .refusal = parts[4]
        else {
            Issue.record("not the parts sent")
            return
        }
        #expect(parts[0].text == "hi")
        #expect(url == "data:image/png;base64,AAAA")
        #expect(file.data == "AAAA" && file.filename == "a.pdf")
        #expect(format == "wav")
    }

    @Test("Inputs of embeddings keep their shape")
    func embeddings() throws {
        func input(_ json: JSON) throws -> EmbeddingsRequest.Input {
            try EmbeddingsRequest(decoding: ["input": json]).input
        }
        #expect(try input("") == .text(""))
        #expect(try input([]) == .texts([]))
        #expect(try input(["a", "b"]) == .texts(["a", "b"]))
        #expect(try input([1, 2]) == .tokens([1, 2]))
        #expect(try input([[1], []]) == .tokenLists([[1], []]))
        for bad: JSON in [nil, [1, "a"], [1.5], [true], 5] {
            #expect(throws: DIALError.self) { try input(bad) }
        }

        let recording = try #require(try Recording.all("embeddings-custom-input").first)
        let request = try EmbeddingsRequest(decoding: recording.request)
        guard case .text("t") = request.customInput?[0], case .attachment(let image) = request.customInput?[1],
            case .mixed(let items) = request.customInput?[2], case .attachment(let second) = items.last
        else {
            Issue.record("not the inputs sent")
            return
        }
        #expect(image.url == "files/B/a.png")
        #expect(second.data == "AAAA")
        #expect(request.customFields?.instruction == "represent")
    }

    @Test("Inputs of tokenize are told apart by type or value")
    func tokenize() throws {
        let request = try TokenizeRequest(decoding: [
            "inputs": [
                ["value": "a"], ["type": "string", "value": "b"], ["value": ["messages": []]],
                ["type": "request", "value": ["messages": []]],
            ]
        ])
        let texts = request.inputs.map { input -> String? in
            if case .text(let text) = input { text } else { nil }
        }
        #expect(texts == ["a", "b", nil, nil])
        #expect(throws: DIALError.self) {
            try TokenizeRequest(decoding: ["inputs": [["type": "request", "value": "a"]]])
        }
    }

    @Test("A rating may leave out all that it has")
    func rate() throws {
        _ = try RateRequest(decoding: [:])
        _ = try RateRequest(decoding: ["responseId": "r", "rate": "yes"])
        #expect(throws: DIALError.self) { try RateRequest(decoding: ["rate": "perhaps"]) }
    }
}
