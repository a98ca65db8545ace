import JSON
import Testing

@testable import Adapters
@testable import DIAL

@Suite("Converse: structured output")
struct ConverseStructuredOutputTests {
    typealias Events = ConverseAnswerTests

    static let schema: JSON = ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]]
    static let format: JSON = [
        "type": "json_schema", "json_schema": ["name": "the-form", "description": "A number.", "schema": schema],
    ]

    static func request(_ members: JSONObject = [:]) -> JSON {
        var request: JSONObject = ["messages": [["role": "user", "content": "x"]], "response_format": format]
        for (key, value) in members { request.append(key, value) }
        return .object(request)
    }

    static func function(_ name: String) -> JSON { ["type": "function", "function": ["name": .string(name)]] }

    @Test func theModelMustAnswerByATool() async throws {
        let body = try await Converse.body(Self.request())
        #expect(
            body["toolConfig"] == [
                "tools": [
                    [
                        "toolSpec": [
                            "name": "the_form", "inputSchema": ["json": Self.schema],
                            "description": "Give your answer by calling this. A number.",
                        ]
                    ]
                ],
                "toolChoice": ["tool": ["name": "the_form"]],
            ]
        )
    }

    @Test func modelsWithAFormatOfTheirOwnGetTheSchemaAsText() async throws {
        let body = try await Converse.body(Self.request(["tools": [Self.function("f")]]), "deepseek.v3.2")
        let sent = body["outputConfig"]?["textFormat"]
        #expect(sent?["type"] == "json_schema")
        let format = sent?["structure"]?["jsonSchema"]
        #expect(format?["name"] == "the-form" && format?["description"] == "A number.")
        let schema = try JSON(parsing: try #require(format?["schema"]?.stringValue))
        var closed = try #require(Self.schema.objectValue)
        closed["additionalProperties"] = false
        #expect(schema == .object(closed))
        #expect(body["toolConfig"]?["toolChoice"] == ["auto": [:]])
    }

    @Test func wordsInPlaceOfTheFormAreCutToo() async throws {
        let answer: JSON = [
            "output": ["message": ["role": "assistant", "content": [["text": "abc STOP def"]]]],
            "stopReason": "end_turn",
        ]
        let block = try await Converse.block(answer, Self.request(["stop": "STOP"]), "zai.glm-5")
        #expect(block.message?["content"] == "abc ")
    }

    /// Where a call can be forced, but not that of a tool by name.
    @Test func theOnlyToolIsTheOneThatIsCalled() async throws {
        let tools = try await Converse.body(Self.request(), "zai.glm-5")["toolConfig"]
        #expect(tools?["toolChoice"] == ["any": [:]] && tools?["tools"]?.arrayValue?.count == 1)
    }

    @Test func theClientsToolsComeFirst() async throws {
        let request = Self.request(["tools": [Self.function("the-form"), Self.function("the-form_")]])
        let tools = try await Converse.body(request, Converse.claude)["toolConfig"]
        let names = tools?["tools"]?.arrayValue?.map { $0["toolSpec"]?["name"]?.stringValue }
        #expect(names == ["the-form", "the-form_", "the-form__"])
        #expect(tools?["toolChoice"] == ["any": [:]])
    }

    @Test(arguments: ["required", ["type": "function", "function": ["name": "f"]]] as [JSON])
    func aForcedCallIsNoAnswer(_ choice: JSON) async throws {
        let request = Self.request(["tools": [Self.function("f")], "tool_choice": choice])
        let body = try await Converse.body(request)
        #expect(body["toolConfig"]?["tools"]?.arrayValue?.count == 1)
    }

    /// Tools of the history alone are not for calling.
    @Test func toolsOfTheHistory() async throws {
        let call: JSON = ["id": "c", "type": "function", "function": ["name": "f", "arguments": "{}"]]
        let body = try await Converse.body([
            "messages": [
                ["role": "user", "content": "x"], ["role": "assistant", "content": nil, "tool_calls": [call]],
                ["role": "tool", "tool_call_id": "c", "content": "y"],
            ],
            "response_format": Self.format,
        ])
        #expect(body["toolConfig"]?["tools"]?.arrayValue?.count == 2)
        #expect(body["toolConfig"]?["toolChoice"] == ["tool": ["name": "the_form"]])
    }

    @Test(arguments: [Converse.llama, Converse.jamba, Converse.commandR, Converse.deepSeek])
    func modelsThatCannotBeMadeTo(_ deployment: String) async throws {
        let prepared = try await Converse.prepare(Self.request(), deployment)
        #expect(try JSON(parsing: prepared.call.body)["toolConfig"] == nil)
        #expect(prepared.notes == ["response_format is not sent: the model cannot be made to answer in a form"])
    }

    /// Tools have plain objects: with anything else the model could not answer at all.
    @Test(
        arguments: [
            ["type": "array", "items": [:]], ["type": "object", "anyOf": [[:]]], ["enum": ["a"]], [:],
        ] as [JSON]
    )
    func formsThatNoToolCanHave(_ schema: JSON) async throws {
        let format: JSON = ["type": "json_schema", "json_schema": ["name": "f", "schema": schema]]
        let request: JSON = ["messages": [["role": "user", "content": "x"]], "response_format": format]
        for deployment in [Converse.nova, Converse.claude] {
            let prepared = try await Converse.prepare(request, deployment)
            #expect(try JSON(parsing: prepared.call.body)["toolConfig"] == nil)
            #expect(prepared.notes == ["response_format is not sent: the model takes schemas of objects only"])
        }
    }

    @Test(arguments: [["type": "text"], ["type": "json_object"]] as [JSON])
    func otherFormatsHaveNoEffect(_ format: JSON) async throws {
        let request: JSON = ["messages": [["role": "user", "content": "x"]], "response_format": format]
        let prepared = try await Converse.prepare(request)
        #expect(try JSON(parsing: prepared.call.body)["toolConfig"] == nil && prepared.notes.isEmpty)
    }

    @Test func whatTheModelCallsItWithIsTheAnswer() async throws {
        let answer = try await Converse.block(
            [
                "output": [
                    "message": [
                        "content": [
                            ["text": "I will answer."],
                            ["toolUse": ["toolUseId": "c", "name": "the_form", "input": ["a": 1, "b": "é"]]],
                            ["toolUse": ["toolUseId": "d", "name": "the_form", "input": ["a": 2]]],
                        ]
                    ]
                ],
                "stopReason": "tool_use",
            ],
            Self.request()
        )
        #expect(answer.message == ["role": "assistant", "content": #"{"a":1,"b":"é"}"#])
        #expect(answer.finishReason == "stop")
    }

    @Test func itStreams() async throws {
        let answer = try await Converse.stream(
            [
                Events.start, Events.delta(0, ["text": "Well:"]), Events.stop(0), Events.call(1, "c", "the_form"),
                Events.delta(1, ["toolUse": ["input": #"{"a""#]]), Events.delta(1, ["toolUse": ["input": ":1}"]]),
                Events.stop(1), Events.call(2, "d", "the_form"), Events.delta(2, ["toolUse": ["input": "{}"]]),
                Events.stop(2), Events.end("tool_use"), Events.usage,
            ],
            Self.request()
        )
        #expect(
            answer.deltas == [
                ["role": "assistant"], ["content": #"{"a""#], ["content": ":1}"], ["finish": "stop"], "[DONE]",
            ]
        )
    }

    @Test func anAnswerWithoutArgumentsIsAnEmptyObject() async throws {
        let streamed = try await Converse.stream(
            [
                Events.call(0, "c", "the_form"), Events.delta(0, ["toolUse": ["input": ""]]), Events.stop(0),
                Events.end("tool_use"), Events.usage,
            ],
            Self.request()
        )
        #expect(streamed.deltas == [["role": "assistant"], ["content": "{}"], ["finish": "stop"], "[DONE]"])
        let whole = try await Converse.block(
            [
                "output": ["message": ["content": [["toolUse": ["toolUseId": "c", "name": "the_form"]]]]],
                "stopReason": "tool_use",
            ],
            Self.request()
        )
        #expect(whole.message?["content"] == "{}")
    }

    /// What the model says then is all the client gets.
    @Test func aModelThatOnlyTalks() async throws {
        let events = [
            Events.delta(0, ["text": "I can"]), Events.delta(0, ["text": "not."]), Events.stop(0),
            Events.end("end_turn"),
            Events.usage,
        ]
        let answer = try await Converse.stream(events, Self.request())
        #expect(answer.deltas == [["role": "assistant"], ["content": "I cannot."], ["finish": "stop"], "[DONE]"])
    }

    /// Clients would parse what the model says before it.
    @Test func aCallOfTheClientsToolStaysOne() async throws {
        let events = [
            Events.delta(0, ["text": "Let me look."]), Events.stop(0), Events.call(1, "c", "f"),
            Events.delta(1, ["toolUse": ["input": "{}"]]), Events.stop(1), Events.end("tool_use"), Events.usage,
        ]
        let answer = try await Converse.stream(events, Self.request(["tools": [Self.function("f")]]))
        let call: JSON = [
            "index": 0, "id": "c", "type": "function", "function": ["name": "f", "arguments": "{}"],
        ]
        #expect(
            answer.deltas == [
                ["role": "assistant"], ["content": nil, "tool_calls": [call]],
                ["finish": "tool_calls"], "[DONE]",
            ]
        )
    }

    @Test func anAnswerThatIsCutOff() async throws {
        let events = [
            Events.call(0, "c", "the_form"), Events.delta(0, ["toolUse": ["input": #"{"a""#]]), Events.stop(0),
            Events.end("max_tokens"), Events.usage,
        ]
        let answer = try await Converse.stream(events, Self.request())
        #expect(answer.deltas == [["role": "assistant"], ["content": #"{"a""#], ["finish": "length"], "[DONE]"])
    }
}
