import JSON
import Testing

@testable import DIAL

@Suite("Validation of requests")
struct ValidationTests {
    @Test(
        "Recorded verdicts",
        arguments: try Recording.all(
            "bad-",
            "ok-",
            "chat-full",
            "chat-content",
            "tokenize",
            "truncate",
            "embed",
            "rate"
        )
    )
    func recording(_ recording: Recording) throws {
        let error = violation(recording)
        guard recording.status >= 400 else {
            #expect(error == nil)
            return
        }
        #expect(error?.status == recording.status)
        #expect(try error.map { try JSON(parsing: $0.body()) } == recording.body)
    }

    private func violation(_ recording: Recording) -> DIALError? {
        do throws(DIALError) {
            let body = JSON.object(try RequestBody.parse(recording.requestBody))
            switch recording.endpoint {
            case "chat/completions": _ = try ChatCompletionRequest(decoding: body)
            case "tokenize": _ = try TokenizeRequest(decoding: body)
            case "truncate_prompt": _ = try TruncatePromptRequest(decoding: body)
            case "embeddings": _ = try EmbeddingsRequest(decoding: body)
            case "rate": _ = try RateRequest(decoding: body)
            default: Issue.record("no such endpoint: \(recording.endpoint)")
            }
            return nil
        } catch {
            return error
        }
    }

    /// Members put beside a valid list of messages, and the path and text they are refused with; nil where they are not.
    static let chatCases: [(members: String, complaint: String?)] = [
        (#""n":true"#, nil),
        (#""n":"7""#, nil),
        (#""n":" 1_0 ""#, nil),
        (#""n":"1_""#, "n. Input should be a valid integer, unable to parse string as an integer"),
        (#""n":"2.0""#, nil),
        (#""n":[]"#, "n. Input should be a valid integer"),
        (#""n":null"#, nil),
        (#""n":99999999999999999999"#, "n. Input should be less than or equal to 128"),
        (#""max_tokens":-99999999999999999999"#, "max_tokens. Input should be greater than 0"),
        (#""max_tokens":1e2"#, nil),
        (#""temperature":"nan""#, "temperature. Input should be less than or equal to 2"),
        (#""temperature":"-inf""#, "temperature. Input should be greater than or equal to 0"),
        (#""temperature":true"#, nil),
        (#""temperature":"0x1""#, "temperature. Input should be a valid number, unable to parse string as a number"),
        (#""temperature":{}"#, "temperature. Input should be a valid number"),
        (#""frequency_penalty":-2.0"#, nil),
        (#""frequency_penalty":-2.01"#, "frequency_penalty. Input should be greater than or equal to -2"),
        (#""stream":"Yes""#, nil),
        (#""stream":0.0"#, nil),
        (#""stream":9223372036854775807"#, "stream. Input should be a valid boolean, unable to interpret input"),
        (#""stream":-9223372036854775809"#, "stream. Input should be a valid boolean"),
        (
            #""temperature":"1\u0000""#,
            "temperature. Input should be a valid number, unable to parse string as a number"
        ),
        (#""n":"99999999999999999999999""#, "n. Input should be less than or equal to 128"),
        (#""n":1e20"#, "n. Unable to parse input string as an integer, exceeded maximum size"),
        (#""n":1e400"#, "n. Input should be a finite number"),
        (#""stream":2"#, "stream. Input should be a valid boolean, unable to interpret input"),
        (#""stream":0.5"#, "stream. Input should be a valid boolean"),
        (#""stream_options":{"include_usage":null}"#, nil),
        (#""seed":1.0"#, "seed. Input should be a valid integer"),
        (#""seed":true"#, "seed. Input should be a valid integer"),
        (#""logprobs":"true""#, "logprobs. Input should be a valid boolean"),
        (#""user":5"#, "user. Input should be a valid string"),
        (#""stop":[]"#, nil),
        (#""stop":"""#, nil),
        (
            #""logit_bias":{"1":"x"}"#,
            "logit_bias.1. Input should be a valid number, unable to parse string as a number"
        ),
        (#""logit_bias":{"-1":"0.5","2":true}"#, nil),
        (#""tools":[]"#, nil),
        (#""tools":["x"]"#, "tools.0.Tool. Input should be a valid dictionary or instance of Tool"),
        (#""tools":[{"type":"function"}]"#, "tools.0.Tool.function. Field required"),
        (
            #""tools":[{"type":"function","name":"f","parameters":[]}]"#,
            "tools.0.Tool.parameters. Input should be a valid dictionary"
        ),
        (#""tools":[{"type":"function","name":"f","foo":1}]"#, "tools.0.foo. Extra inputs are not permitted"),
        (
            #""tools":[{"type":"function","name":"f","function":{"name":"f"}}]"#,
            "tools.0.name. Extra inputs are not permitted"
        ),
        (
            #""tools":[{"type":"static_function","static_function":{"name":5}}]"#,
            "tools.0.Tool.type. Input should be 'function'"
        ),
        (
            #""tools":[{"type":"static_function","static_function":{"name":"s"},"function":{"x":1}}]"#,
            "tools.0.function. Extra inputs are not permitted"
        ),
        (#""tools":[{"type":"function","function":{"name":"f","strict":"on"}}]"#, nil),
        (
            #""tools":[{"type":"function","function":{"name":"f","strict":null}}]"#,
            "tools.0.Tool.function.strict. Input should be a valid boolean"
        ),
        (#""tool_choice":{"type":"function","function":{"name":"f"}}"#, nil),
        (
            #""tool_choice":{"type":"function"}"#,
            "tool_choice.literal['auto','none','required']. Input should be 'auto', 'none' or 'required'"
        ),
        (#""response_format":{}"#, "response_format.ResponseFormatText.type. Field required"),
        (
            #""response_format":{"type":"json_object","x":1}"#,
            "response_format.x. Extra inputs are not permitted"
        ),
        (#""prompt_cache_options":{"mode":"explicit","ttl":"1h"}"#, nil),
        (
            #""prompt_cache_options":{"mode":"never"}"#,
            "prompt_cache_options.mode. Input should be 'implicit' or 'explicit'"
        ),
        (
            #""custom_fields":[]"#,
            "custom_fields. Input should be a valid dictionary or instance of ChatCompletionRequestCustomFields"
        ),
        (
            #""custom_fields":{"cache_breakpoint":"x"}"#,
            "custom_fields.cache_breakpoint. Input should be a valid dictionary or instance of CacheBreakpoint"
        ),
        (#""custom_fields":{"configuration":{"anything":[{"goes":1}]}}"#, nil),
        (#""max_prompt_tokens":0"#, "max_prompt_tokens. Input should be greater than 0"),
        (#""x":1,"temperature":9"#, "temperature. Input should be less than or equal to 2"),
        (#""":1"#, ". Extra inputs are not permitted"),
        (#""n":"1.""#, "n. Input should be a valid integer, unable to parse string as an integer"),
        (#""seed":99999999999999999999"#, nil),
        (#""stream":99999999999999999999"#, "stream. Input should be a valid boolean"),
        (#""prompt_cache_options":{"ttl":"30m"}"#, nil),
        (#""prompt_cache_options":{"ttl":30}"#, "prompt_cache_options.ttl.literal['30m']. Input should be '30m'"),
    ]

    @Test("Members of a chat completion request", arguments: chatCases)
    func chatMembers(_ members: String, _ complaint: String?) throws {
        try expect(#"{"messages":[],\#(members)}"#, complaint)
    }

    static let messageCases: [(message: String, complaint: String?)] = [
        (#"{"role":"user"}"#, nil),
        (#"{"role":"user","content":[]}"#, nil),
        (#"[]"#, "messages.0. Input should be a valid dictionary or instance of Message"),
        (
            #"{"role":"User"}"#,
            "messages.0.role. Input should be 'system', 'developer', 'user', 'assistant', 'function' or 'tool'"
        ),
        (#"{"role":"user","content":["x"]}"#, "messages.0.content.str. Input should be a valid string"),
        (
            #"{"role":"user","content":[{"type":"text","text":"x","prompt_cache_breakpoint":{"mode":"explicit"}}]}"#,
            nil
        ),
        (
            #"{"role":"user","content":[{"type":"text","text":"x","prompt_cache_breakpoint":{"mode":"x"}}]}"#,
            "messages.0.content.str. Input should be a valid string"
        ),
        (
            #"{"role":"user","content":[{"type":"text","text":"x","foo":1}],"foo":1}"#,
            "messages.0.foo. Extra inputs are not permitted"
        ),
        (
            #"{"role":"user","content":[{"type":"text","text":"x","foo":1}]}"#,
            "messages.0.content.0.foo. Extra inputs are not permitted"
        ),
        (#"{"role":"user","custom_content":{"attachments":[{"index":3,"data":""}]}}"#, nil),
        (
            #"{"role":"user","custom_content":{"attachments":[{"index":"3","data":""}]}}"#,
            "messages.0.custom_content.attachments.0.index. Extra inputs are not permitted"
        ),
        (
            #"{"role":"user","custom_content":{"attachments":[{"data":"x","type":5}]}}"#,
            "messages.0.custom_content.attachments.0.type. Input should be a valid string"
        ),
        (
            #"{"role":"user","custom_content":{"stages":[{"name":"s","status":null}]}}"#,
            "messages.0.custom_content.stages.0.status. Input should be 'completed' or 'failed'"
        ),
        (
            #"{"role":"user","custom_content":{"stages":[{"name":"s","status":"failed","parent_stage_index":"0"}]}}"#,
            "messages.0.custom_content.stages.0.parent_stage_index. Input should be a valid integer"
        ),
        (#"{"role":"user","custom_content":{"attachments":[{"index":true,"data":""}]}}"#, nil),
        (#"{"role":"user","custom_content":{"attachments":[{"index":99999999999999999999,"data":""}]}}"#, nil),
        (
            #"{"role":"user","custom_content":{"controls":1}}"#,
            "messages.0.custom_content.controls. Extra inputs are not permitted"
        ),
        (#"{"role":"user","custom_content":{"form_value":null,"form_schema":[1],"state":{"index":"x"}}}"#, nil),
        (
            #"{"role":"assistant","tool_calls":[{"index":0,"id":"a","type":"tool","function":{"name":"f","arguments":""}}]}"#,
            "messages.0.tool_calls.0.type. Input should be 'function'"
        ),
    ]

    @Test("Messages", arguments: messageCases)
    func message(_ message: String, _ complaint: String?) throws {
        try expect(#"{"messages":[\#(message)]}"#, complaint)
    }

    @Test("Unknown fields are ignored on demand, at any depth")
    func ignoringUnknownFields() throws {
        let body: JSON = [
            "store": true,
            "messages": [
                ["role": "user", "content": "x", "x": 1, "custom_fields": ["cache_breakpoint": ["ttl": "1h"]]]
            ],
        ]
        let request = try ChatCompletionRequest(decoding: body, ignoringUnknownFields: true)
        #expect(request.messages[0].cacheBreakpoint == CacheBreakpoint(ttl: "1h"))
        #expect(throws: DIALError.self) { try ChatCompletionRequest(decoding: body) }
    }

    @Test("A byte order mark is read over")
    func byteOrderMark() throws {
        #expect(try RequestBody.parse([0xEF, 0xBB, 0xBF] + Array(#"{"n":1}"#.utf8)) == ["n": 1])
    }

    @Test("What surrounds an input to tokenize may have other fields, the input itself not")
    func fieldsAroundInputs() throws {
        _ = try TokenizeRequest(decoding: [
            "inputs": [["value": "x", "foo": 1], ["value": ["messages": []], "foo": 1]]
        ])
        let error = #expect(throws: DIALError.self) {
            _ = try TokenizeRequest(decoding: ["inputs": [["value": ["messages": [], "foo": 1]]]])
        }
        #expect(error?.message.contains("inputs.0.value.foo. Extra inputs are not permitted") == true)
    }

    @Test("The id of a rated answer is a string or absent")
    func rating() throws {
        _ = try RateRequest(decoding: ["rate": 1])
        let error = #expect(throws: DIALError.self) { _ = try RateRequest(decoding: ["responseId": nil]) }
        #expect(error?.message.hasSuffix("responseId. Input should be a valid string") == true)
    }

    @Test("Half of a surrogate pair becomes a replacement character")
    func loneSurrogate() throws {
        let body = try RequestBody.parse(Array(#"{"messages":[{"role":"user","content":"a\ud83d"}]}"#.utf8))
        #expect(body["messages"]?[0]?["content"]?.stringValue == "a\u{FFFD}")
    }

    @Test("A compressed body is 415")
    func compressed() {
        let error = #expect(throws: DIALError.self) { try RequestBody.parse([0x1F, 0x8B, 0x08, 0x00]) }
        #expect(error?.status == 415 && error?.type == "invalid_request_error")
    }

    @Test("A body of millions of small parts is 413, whatever they are")
    func tooManyParts() throws {
        let text = #"{"messages":["# + String(repeating: "[],", count: 700_000) + "0]}"
        let error = #expect(throws: DIALError.self) { try RequestBody.parse(Array(text.utf8)) }
        #expect(error?.status == 413 && error?.type == "invalid_request_error")
        #expect(error?.message.contains("more than 2000000 brackets, commas, colons and values") == true)
    }

    @Test("So are millions of parts in the JSON of calls and results", arguments: [false, true])
    func tooManyEmbeddedParts(isResult: Bool) throws {
        let text = "[" + String(repeating: "[1],", count: 300_000) + "0]"
        let message =
            isResult
            ? #"{"role":"tool","tool_call_id":"c","content":"\#(text)"}"#
            : #"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"\#(text)"}}]}"#
        func decode(times count: Int) throws -> ChatCompletionRequest {
            let messages = Array(repeating: message, count: count).joined(separator: ",")
            return try ChatCompletionRequest(decoding: JSON(parsing: #"{"messages":[\#(messages)]}"#))
        }
        #expect(try decode(times: 1).messages.count == 1)
        let error = #expect(throws: DIALError.self) { try decode(times: 2) }
        #expect(error?.status == 413 && error?.type == "invalid_request_error")
    }

    @Test("A message that quotes megabytes is cut")
    func longMessage() {
        let error = DIALError.validation(String(repeating: "é", count: 1_000_000))
        #expect(error.message.utf8.count < 1_100_000 && error.message.hasSuffix("é…"))
    }

    private func expect(_ body: String, _ complaint: String?) throws {
        let json = try JSON(parsing: body)
        var message: String?
        do {
            _ = try ChatCompletionRequest(decoding: json)
        } catch {
            message = error.message
        }
        #expect(message == complaint.map { "Your request contained invalid structure on path \($0)" })
    }
}
