import AWS
import Foundation
import JSON
import Testing

@testable import BedrockSandbox

/// Claude 2, Titan Text and Command.
struct TextCompletionTests {
    let sandbox = Sandbox.quick()

    private func claude(_ prompt: String, model: String = Model.claude2, _ more: JSONObject = [:]) -> SandboxAnswer {
        var body: JSONObject = ["prompt": .string(prompt), "max_tokens_to_sample": 200]
        for (key, value) in more { body[key] = value }
        return sandbox.invoke(.object(body), model: model)
    }

    // MARK: Claude

    @Test func claudeAnswers() throws {
        let answer = claude("Human: hello there\n\nAssistant:")
        #expect(answer.status == 200)
        #expect(answer.header("x-amzn-bedrock-input-token-count") == "8")
        #expect(answer.header("x-amzn-bedrock-output-token-count") == "4")
        #expect(
            try answer.json() == [
                "type": "completion", "completion": " You said: hello there", "stop_reason": "stop_sequence",
                "stop": "\n\nHuman:",
            ]
        )
    }

    @Test func onlyTheLastTurnIsAnswered() throws {
        let prompt = "\n\nHuman: words:3\n\nAssistant: the river keeps\n\nHuman: and now?\n\nAssistant:"
        #expect(try claude(prompt).json()["completion"] == " You said: and now?")
    }

    @Test(arguments: [
        ("hello", Model.claude2, "start, end"), ("Human: hello", Model.claude2, "end"),
        ("Be brief.\n\nHuman: hello\n\nAssistant:", Model.claude2, "start"),
        ("\n\nAssistant: hello\n\nHuman: hi\n\nAssistant:", Model.claude2, "start"),
        ("Be brief.\n\nAssistant:", Model.claude21, "start"),
        ("Human: a\nAssistant:", Model.claude21, "end"),
    ])
    func claudeInsistsOnTurns(prompt: String, model: String, faults: String) {
        let answer = claude(prompt, model: model)
        #expect(answer.status == 400)
        #expect(answer.errorType == "ValidationException")
        let sentences = faults.split(separator: ", ").map {
            $0 == "start"
                ? #"prompt must start with "\n\nHuman:" turn"# : #"prompt must end with "\n\nAssistant:" turn"#
        }
        #expect(answer.message == "Invalid prompt: " + sentences.joined(separator: ", "))
    }

    @Test func laterClaudeHasASystemPrompt() {
        #expect(claude("Be brief.\n\nHuman: hello\n\nAssistant:", model: Model.claude21).status == 200)
    }

    @Test func claudeStops() throws {
        let short = try claude("Human: words:50\n\nAssistant:", ["max_tokens_to_sample": 2]).json()
        #expect(short["completion"] == "the river ")
        #expect(short["stop_reason"] == "max_tokens")
        #expect(short["stop"] == .null)
        let cut = try claude("Human: a b c\n\nAssistant:", ["stop_sequences": ["b"]]).json()
        #expect(cut["completion"] == " You said: a ")
        #expect(cut["stop"] == "b")
        #expect(try claude("Human: stop:odd hi\n\nAssistant:").json()["stop_reason"] == "odd")
    }

    @Test func claudeStreams() throws {
        let body: JSON = ["prompt": "Human: hello\n\nAssistant:", "max_tokens_to_sample": 200]
        let answer = sandbox.invoke(body, model: Model.claude2, stream: true)
        #expect(answer.header("content-type") == "application/vnd.amazon.eventstream")
        let chunks = try answer.chunks()
        #expect(chunks.map { $0["completion"]?.stringValue } == [" You", " said:", " hello", ""])
        #expect(chunks.map { $0["stop_reason"]?.stringValue } == [nil, nil, nil, "stop_sequence"])
        let metrics = chunks.last?["amazon-bedrock-invocationMetrics"]
        #expect(metrics?["inputTokenCount"] == 6)
        #expect(metrics?["outputTokenCount"] == 3)
    }

    @Test func toolsOfClaude() throws {
        let tools = "<tools>\n<tool_description>\n<tool_name>look</tool_name>\n</tool_description>\n</tools>"
        let call = #"call:look {"at":["a","b"],"deep":{"k":1},"t":"x<y & z"} call:again"#
        let more: JSONObject = ["stop_sequences": ["</function_calls>"]]
        let answer = try claude("\(tools)\n\nHuman: \(call)\n\nAssistant:", model: Model.claude21, more).json()
        #expect(
            answer["completion"]?.stringValue
                == " <function_calls>\n<invoke>\n<tool_name>look</tool_name>\n<parameters>\n<at>a</at>\n<at>b</at>\n"
                + "<deep><k>1</k></deep>\n<t>x&lt;y &amp; z</t>\n</parameters>\n</invoke>\n"
        )
        #expect(answer["stop"] == "</function_calls>")

        let result =
            "<function_results>\n<result>\n<tool_name>look</tool_name>\n<stdout>\nfound words:3\n</stdout>\n</result>\n"
            + "</function_results>"
        let prompt = "\(tools)\n\nHuman: \(call)\n\nAssistant: <function_calls>\n\nHuman: \(result)\n\nAssistant:"
        let final = try claude(prompt, model: Model.claude21, more).json()
        #expect(final["completion"] == " The tool look answered: found words:3")

        // Without declarations, or a model that does not know them, there is nothing to call.
        for (prompt, model) in [
            ("Human: \(call) hi\n\nAssistant:", Model.claude21),
            ("Human: \(tools) \(call) hi\n\nAssistant:", Model.claude2),
        ] {
            let text = try claude(prompt, model: model, more).json()["completion"]?.stringValue
            #expect(text?.hasSuffix("hi") == true)
        }
    }

    @Test func promptsThatAreTooLong() {
        let long = String(repeating: "word ", count: 90_000)
        #expect(claude("Human: \(long)\n\nAssistant:").message == "Input is too long for requested model.")
        #expect(claude("Human: \(long)\n\nAssistant:", model: Model.claude21).status == 200)
        let titan = sandbox.invoke(["inputText": .string(String(long.prefix(41_000)))], model: Model.titan)
        #expect(titan.message == "Too many input tokens. Max input tokens: 8192, request input token count: 10250 ")
        let command = sandbox.invoke(
            ["prompt": .string(String(long.prefix(16_000))), "max_tokens": 200],
            model: Model.command
        )
        #expect(command.message?.hasPrefix("too many tokens: total number of tokens (prompt and prediction)") == true)
    }

    // MARK: Titan and Command

    @Test func titanAnswers() throws {
        #expect(
            try sandbox.invoke(["inputText": "hello"], model: Model.titan).json() == [
                "inputTextTokenCount": 2,
                "results": [["tokenCount": 3, "outputText": "\nYou said: hello", "completionReason": "FINISH"]],
            ]
        )
        let chunks = try sandbox.invoke(
            [
                "inputText": "Read this.\n\nHuman: words:9\n\nAssistant:",
                "textGenerationConfig": ["maxTokenCount": 2],
            ],
            model: Model.titan,
            stream: true
        ).chunks()
        #expect(chunks.map { $0["outputText"]?.stringValue } == ["the ", "river ", ""])
        #expect(chunks.map { $0["inputTextTokenCount"]?.intValue } == [10, nil, nil])
        #expect(chunks.map { $0["totalOutputTextTokenCount"]?.intValue } == [nil, nil, 2])
        #expect(chunks.last?["completionReason"] == "LENGTH")
    }

    @Test func commandAnswers() throws {
        let body: JSONObject = ["prompt": "Sys\nUser: a\nChatbot: b\nUser: hello", "max_tokens": 9]
        let whole = try sandbox.invoke(.object(body), model: Model.command).json()
        #expect(whole["generations"]?[0]?["text"] == " You said: hello")
        #expect(whole["generations"]?[0]?["finish_reason"] == "COMPLETE")
        // Without `stream` one chunk brings everything, with it there are pieces.
        let one = try sandbox.invoke(.object(body), model: Model.command, stream: true).chunks()
        #expect(one.count == 1)
        #expect(one[0]["generations"] == whole["generations"])
        #expect(one[0]["amazon-bedrock-invocationMetrics"]?["outputTokenCount"] == 3)
        var streaming = body
        streaming["stream"] = true
        let pieces = try sandbox.invoke(.object(streaming), model: Model.command, stream: true).chunks()
        #expect(pieces.map { $0["text"]?.stringValue } == [" You", " said:", " hello", nil])
        #expect(pieces.last?["is_finished"] == true)
        // Twenty tokens unless told otherwise.
        let short = try sandbox.invoke(["prompt": "words:30"], model: Model.command).json()
        #expect(short["generations"]?[0]?["finish_reason"] == "MAX_TOKENS")
    }

    // MARK: Refusals and faults

    @Test(arguments: [
        (Model.claude2, #"{"max_tokens_to_sample":1}"#, "#: required key [prompt] not found"),
        (
            Model.claude2, #"{"prompt":"x","max_tokens_to_sample":9999}"#,
            "#/max_tokens_to_sample: 9999 is not less or equal to 4096"
        ),
        (
            Model.claude2, #"{"prompt":"x","max_tokens_to_sample":1.5}"#,
            "#/max_tokens_to_sample: expected type: Integer, found: Double"
        ),
        (Model.claude2, #"{"prompt":5,"max_tokens_to_sample":1}"#, "#/prompt: expected type: String, found: Integer"),
        (
            Model.claude2, #"{"prompt":"x","max_tokens_to_sample":1,"temperature":1.1}"#,
            "#/temperature: 1.1 is not less or equal to 1"
        ),
        (
            Model.claude2, #"{"prompt":"x","max_tokens_to_sample":1,"inputText":"x"}"#,
            "#: extraneous key [inputText] is not permitted"
        ),
        (
            Model.claude2, #"{"prompt":"x","max_tokens_to_sample":1,"stop_sequences":"x"}"#,
            "#/stop_sequences: expected type: JSONArray, found: String"
        ),
        (Model.claude2, #"{"prompt":"","temperature":-1}"#, "3 schema violations found"),
        (Model.titan, #"{"inputText":""}"#, "#/inputText: expected minLength: 1, actual: 0"),
        (
            Model.titan, #"{"inputText":"x","textGenerationConfig":{"topP":2}}"#,
            "#/textGenerationConfig/topP: 2 is not less or equal to 1"
        ),
        (
            Model.titan, #"{"inputText":"x","textGenerationConfig":{"stopSequences":["END"]}}"#,
            #"#/textGenerationConfig/stopSequences/0: string [END] does not match pattern ^(\|+|User:)$"#
        ),
        (Model.command, #"{"prompt":"x","temperature":6}"#, "#/temperature: 6 is not less or equal to 5"),
        (Model.command, #"{"prompt":"x","max_tokens":0}"#, "#/max_tokens: 0 is not greater or equal to 1"),
        (Model.command, #"{"prompt":"x","truncate":"MIDDLE"}"#, "#/truncate: MIDDLE is not a valid enum value"),
        (
            Model.command, #"{"prompt":"x","stop_sequences":["a","b","c","d","e"]}"#,
            "#/stop_sequences: expected maximum item count: 4, found: 5"
        ),
    ])
    func malformedBodies(model: String, body: String, reason: String) throws {
        let answer = sandbox.invoke(try JSON(parsing: body), model: model)
        #expect(answer.status == 400)
        #expect(
            answer.message == "Malformed input request: \(reason), please reformat your input and try again."
        )
    }

    @Test func theyDoNotSpeakConverse() {
        let answer = sandbox.converse("hi", model: Model.claude2)
        #expect(answer.status == 400)
        #expect(answer.message?.hasPrefix("This action doesn't support the model that you provided.") == true)
    }

    @Test(arguments: [
        ("throttling", "ThrottlingException"), ("stream-internal", "internalServerException"), ("end", ""),
        ("no-stop", ""),
    ])
    func faults(name: String, type: String) throws {
        let body: JSON = [
            "prompt": .string("Human: fault:\(name)@2 a b c\n\nAssistant:"), "max_tokens_to_sample": 200,
        ]
        let answer = sandbox.invoke(body, model: Model.claude2, stream: true)
        if answer.status != 200 {
            #expect(answer.errorType == type)
            return
        }
        let names = try answer.events().map(\.name)
        switch name {
        case "end": #expect(names == ["chunk", "chunk"])
        case "no-stop": #expect(names == [String](repeating: "chunk", count: 5))
        default: #expect(names == ["chunk", "chunk", type])
        }
    }
}

extension SandboxAnswer {
    /// The model's own events.
    func chunks() throws -> [JSON] {
        try events().filter { $0.name == "chunk" }.map { event in
            let text = event.payload["bytes"]?.stringValue ?? ""
            return try JSON(parsing: [UInt8](Data(base64Encoded: text) ?? Data()))
        }
    }
}
