import JSON
import Testing

@testable import Adapters
@testable import DIAL

@Suite("Tools of Claude 2.1") struct ClaudeTextToolsTests {
    private func parameters(_ content: String) throws -> JSON {
        let call = try #require(
            try ClaudeTextCall(
                in: "<function_calls><invoke><tool_name>f</tool_name><parameters>\(content)</parameters></invoke>"
            )
        )
        #expect(call.name == "f")
        return .object(call.arguments)
    }

    @Test func elementsBecomeMembers() throws {
        let cases: [(String, JSON)] = [
            ("", [:]), (" \n ", [:]), ("<a>1</a>", ["a": "1"]), ("<a>\n 5 \n</a>", ["a": "\n 5 \n"]),
            (
                "<t>a&amp;b</t><t>é</t><limit>\n 5 \n</limit><empty></empty><o><k>v</k></o><x id=\"1\">t</x>",
                [
                    "t": ["a&b", "é"], "limit": "\n 5 \n", "empty": [:], "o": ["k": "v"],
                    "x": ["@id": "1", "#text": "t"],
                ]
            ),
            ("<a/><a/><a>x</a>", ["a": [[:], [:], "x"]]), ("<a>t<b>1</b>tail</a>", ["a": ["#text": "t", "b": "1"]]),
            ("<a><![CDATA[<&]]>&lt;</a>", ["a": "<&<"]), ("<a>x<!-- no -->y</a>", ["a": "xy"]),
            ("<a>&#65;&#x1F600;&quot;&apos;&gt;</a>", ["a": "A😀\"'>"]), ("<a b='x\ny'/>", ["a": ["@b": "x y"]]),
            ("<a>1\r\n2\r3</a>", ["a": "1\n2\n3"]), ("text", [:]), ("<a-b.c:d_1>x</a-b.c:d_1>", ["a-b.c:d_1": "x"]),
        ]
        for (xml, expected) in cases {
            #expect(try parameters(xml) == expected, "\(xml)")
        }
    }

    @Test(arguments: [
        "<a>b & c</a>", "<a>", "</a>", "<a></b>", "<1a/>", "<a b=1/>", "<a b='1' b='2'/>", "<a b='<'/>", "<a>]]></a>",
        "<a>\u{1}</a>", "&unknown;", "<a>&#0;</a>", "<a>&#xD800;</a>", "<!-- -- -->", "<![CDATA[", "<a b/>",
        "<a b='1'c='2'/>",
        "<!DOCTYPE a>", "<a>&#+65;</a>",
    ])
    func malformedParameters(_ content: String) {
        #expect(throws: DIALError.self) { try parameters(content) }
    }

    @Test func otherElementsDoNotCount() throws {
        let call = try ClaudeTextCall(
            in: """
                <function_calls><thinking>hm</thinking>
                <invoke><why/><tool_name>f</tool_name><parameters><a>1</a></parameters></invoke>

                """
        )
        #expect(call?.name == "f" && call?.arguments == ["a": "1"])
    }

    @Test(arguments: [
        "<function_calls>", "<function_calls></function_calls>", "<function_calls><invoke></invoke>",
        "<function_calls><invoke><tool_name>f</tool_name></invoke>",
        "<function_calls><invoke><parameters></parameters></invoke>",
        "<function_calls><invoke><tool_name></tool_name><parameters></parameters></invoke>",
        "<function_calls><call><tool_name>f</tool_name><parameters></parameters></call>",
        "<function_calls><invoke><tool_name>f</tool_name><parameters/></invoke><invoke><tool_name>f</tool_name><parameters/></invoke>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><function_calls>&e;",
    ])
    func completionsThatAreNoCall(_ completion: String) {
        let error = #expect(throws: DIALError.self) { try ClaudeTextCall(in: completion) }
        #expect(error?.status == 500)
        #expect(error?.message.hasPrefix("Unable to parse function call: ") == true)
    }

    @Test func nestingWithoutEndIsRefused() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: DIALError.self) { try parameters(deep) }
    }

    @Test func textWithoutCallIsText() throws {
        #expect(try ClaudeTextCall(in: "I would write <function_call> here") == nil)
    }

    @Test func textBeforeTheCallIsDropped() async throws {
        let request: JSON = ["messages": [TextModels.user("x")], "tools": [TextModels.tool("f")], "stream": true]
        var chunks: [JSON] = [
            " Let me see.\n<function", "_calls>\n<invoke><tool_name>f</tool_name>",
            "<parameters><é>日</é></parameters></invoke>\n",
        ].map { ["completion": .string($0)] }
        chunks.append(["completion": "", "stop_reason": "stop_sequence", "stop": "</function_calls>"])
        let answer = try await TextModels.answer(chunks, request, TextModels.claude21)
        let choice = answer["choices"]?[0]
        #expect(choice?["finish_reason"] == "tool_calls")
        #expect(choice?["message"]?["content"] == "")
        let call = choice?["message"]?["tool_calls"]?[0]
        #expect(call?["id"] == "f_1")
        #expect(call?["index"] == 0)
        #expect(call?["function"]?["arguments"] == #"{"\u00e9": "\u65e5"}"#)
    }

    @Test(arguments: ["", " ", "null", "\"\"", "[1]"])
    func callsWithoutArguments(_ arguments: String) async throws {
        let call: JSON = ["id": "a", "type": "function", "function": ["name": "f", "arguments": .string(arguments)]]
        let request: JSON = [
            "messages": [
                TextModels.user("x"), ["role": "assistant", "tool_calls": [call]],
                ["role": "tool", "tool_call_id": "a", "content": "1"],
            ],
            "tools": [TextModels.tool("f")],
        ]
        let prompt = try #require(try await TextModels.body(request, TextModels.claude21)["prompt"]?.stringValue)
        #expect(prompt.contains("<tool_name>f</tool_name>\n<parameters>\n</parameters>\n</invoke>"))
    }

    @Test func idsSkipThoseOfTheRequest() async throws {
        let call: (String) -> JSON = {
            ["id": .string($0), "type": "function", "function": ["name": "f", "arguments": "{}"]]
        }
        let request: JSON = [
            "messages": [
                TextModels.user("x"), ["role": "assistant", "tool_calls": [call("f_2"), call("f_1")]],
                ["role": "tool", "tool_call_id": "f_1", "content": "1"],
            ],
            "tools": [TextModels.tool("f")],
        ]
        let tools = try #require(ClaudeTextTools(try ChatCompletionRequest(decoding: request)))
        #expect(tools.freshID(for: "f") == "f_3")
        #expect(tools.freshID(for: "g") == "g_1")
    }

    @Test func severalCallsOfAMessageStandTogether() throws {
        let call: (String) -> ToolCall = {
            ToolCall(id: $0, function: FunctionCall(name: $0, arguments: #"{"n": 1.0, "l": [1, "a"], "e": 1e3}"#))
        }
        let request = try ChatCompletionRequest(decoding: ["messages": [], "tools": [TextModels.tool("f")]])
        let tools = try #require(ClaudeTextTools(request))
        let printed = try tools.printedCalls(of: Message(role: .assistant, toolCalls: [call("a"), call("b")]))
        let one = { (name: String) in
            "<function_calls>\n<invoke>\n<tool_name>\(name)</tool_name>\n<parameters>\n<n>1.0</n>\n<l>[1, \"a\"]</l>\n<e>1000.0</e>\n"
                + "</parameters>\n</invoke>\n</function_calls>"
        }
        #expect(printed == "<function_calls>\n\(one("a"))\n\(one("b"))\n</function_calls>")
    }

    @Test func unknownCallNamesTheKnownOnes() async throws {
        let request: JSON = [
            "messages": [
                TextModels.user("x"),
                [
                    "role": "assistant",
                    "tool_calls": [["id": "i'1", "type": "function", "function": ["name": "f", "arguments": "{}"]]],
                ],
                ["role": "tool", "tool_call_id": "zzz", "content": "1"],
            ],
            "tools": [TextModels.tool("f")],
        ]
        let error = try await TextModels.error(request, TextModels.claude21)
        #expect(error == .validation(#"Tool call ID not found: {"i'1": 'f'}"#).quoting)
    }

    @Test func declarations() async throws {
        let schema: JSON = [
            "type": "object", "$schema": "x", "additionalProperties": false,
            "properties": [
                "a": [
                    "default": 5, "description": "d", "enum": [1, true, "x", 1.50], "title": "T", "type": "array",
                    "items": ["type": "string", "enum": ["p"], "items": ["type": "integer"]],
                ],
                "b": ["type": "boolean", "default": false],
            ],
        ]
        let request: JSON = ["messages": [TextModels.user("x")], "tools": [TextModels.tool("f", schema)]]
        let prompt = try #require(try await TextModels.body(request, TextModels.claude21)["prompt"]?.stringValue)
        let expected = """
            <tool_description>
            <tool_name>f</tool_name>
            <parameters>
            <parameter>
            <name>a</name>
            <type>array</type>
            <items>
            <type>string</type>
            <items>
            <type>integer</type>
            </items>
            <enum>p</enum>
            </items>
            <enum>1, True, x, 1.5</enum>
            <description>d</description>
            <default>5</default>
            </parameter>
            <parameter>
            <name>b</name>
            <type>boolean</type>
            <default>False</default>
            </parameter>
            </parameters>
            </tool_description>
            """
        #expect(prompt.contains(expected), "\(prompt)")
    }

    @Test func schemasThatThePromptCannotTell() async throws {
        let properties: [JSON] = [
            ["p": ["description": "no type"]], ["p": ["type": "object", "properties": [:]]],
            ["p": ["type": ["string", "null"]]],
            ["p": ["type": "string", "default": [:]]], ["p": ["type": "array", "items": ["minimum": 1]]], ["p": 5],
            ["p": ["type": "string", "enum": [nil]]],
        ]
        for property in properties {
            let schema: JSON = ["type": "object", "properties": property]
            let request: JSON = ["messages": [TextModels.user("x")], "tools": [TextModels.tool("f", schema)]]
            let error = try await TextModels.error(request, TextModels.claude21)
            #expect(error.status == 500)
            #expect(error.message.contains("'f'"), "\(error.message)")
        }
    }

    @Test(arguments: [TextModels.claude2, TextModels.titan, TextModels.command, TextModels.sdxl, TextModels.sd35])
    func modelsWithoutToolsRefuseThem(_ model: String) async throws {
        let image: JSON = ["type": "image/png", "data": .string(StabilityTests.png(1000, 1000))]
        let question: JSON = [
            "role": "user", "content": "b",
            "custom_content": model == TextModels.sd35 ? ["attachments": [image]] : [:],
        ]
        let tools: JSON = ["messages": [question], "tools": [TextModels.tool("f")]]
        #expect(try await TextModels.error(tools, model) == .validation("The tools aren't supported"))
        let functions: JSON = ["messages": [question], "functions": [["name": "f"]]]
        #expect(try await TextModels.error(functions, model) == .validation("The functions aren't supported"))
        let none: JSON = ["messages": [question], "tools": []]
        let plain: JSON = ["messages": [question]]
        #expect(try await TextModels.body(none, model) == (try await TextModels.body(plain, model)))
    }

    @Test func whatIsEmptyTakesNoLine() async throws {
        let call: JSON = [
            "id": "1", "type": "function",
            "function": ["name": "f", "arguments": #"{"x": ["a", null, "b"], "y": null}"#],
        ]
        let request: JSON = [
            "messages": [
                TextModels.user("b"), ["role": "assistant", "tool_calls": [call]],
                ["role": "tool", "tool_call_id": "1", "content": ""],
            ],
            "tools": [
                TextModels.tool("f", ["type": "object", "properties": ["p": ["type": "string", "enum": []]]])
            ],
        ]
        let prompt = try #require(try await TextModels.body(request, TextModels.claude21)["prompt"]?.stringValue)
        #expect(prompt.contains("<stdout>\n</stdout>"))
        #expect(prompt.contains("<parameters>\n<x>a\nb</x>\n</parameters>"))
        #expect(prompt.contains("<name>p</name>\n<type>string</type>\n</parameter>"))
    }

    @Test func theChoiceIsThatOfTheStyle() async throws {
        for more: JSONObject in [["function_call": "none"], ["tool_choice": "auto", "function_call": ["name": "f"]]] {
            var request: JSONObject = [
                "messages": [TextModels.user("b")], "tools": [TextModels.tool("f"), TextModels.tool("g")],
            ]
            for (key, value) in more { request[key] = value }
            let body = try await TextModels.body(.object(request), TextModels.claude21)
            let prompt = try #require(body["prompt"]?.stringValue)
            #expect(prompt.contains("<tool_name>f</tool_name>") && prompt.contains("<tool_name>g</tool_name>"))
        }
    }

    @Test func messagesOfToolsAreChecked() async throws {
        let model = TextModels.claude21
        let cases: [(JSON, String)] = [
            (["role": "user"], "User message is expected to have content field"),
            (["role": "tool", "content": "x"], "The tool message is expected to have content and tool_call_id fields"),
            (["role": "tool", "tool_call_id": "1", "content": "x"], "Tool call ID not found: {}"),
        ]
        for (message, text) in cases {
            let request: JSON = ["messages": [message, TextModels.user("b")], "tools": [TextModels.tool("f")]]
            let error = try await TextModels.error(request, model)
            #expect(error.message == text && error.code == "invalid_argument")
        }
    }

    /// Without declarations such a conversation is refused, whatever the model.
    @Test(arguments: [TextModels.claude2, TextModels.titan, TextModels.claude21])
    func undeclaredUse(_ model: String) async throws {
        let messages: JSON = [TextModels.user("a"), ["role": "tool", "tool_call_id": "1", "content": "r"]]
        #expect(
            try await TextModels.error(["messages": messages], model)
                == .validation("Tool message is used, but tools are not declared")
        )
    }

    @Test func choices() async throws {
        var request: JSONObject = ["messages": [TextModels.user("x")], "functions": [["name": "f"], ["name": "g"]]]
        request["function_call"] = ["name": "h"]
        let error = try await TextModels.error(.object(request), TextModels.claude21)
        #expect(error == .validation("Function 'h' is not on the list of available functions"))
        request["function_call"] = "none"
        #expect(try await TextModels.body(.object(request), TextModels.claude21)["prompt"] == "Human: x\n\nAssistant:")
        request["functions"] = []
        request["function_call"] = nil
        #expect(try await TextModels.body(.object(request), TextModels.claude21)["prompt"] == "Human: x\n\nAssistant:")
    }

    /// With no tool left to call, the talk of tools is left out.
    @Test func withoutActiveToolsCallsAreDropped() async throws {
        let request: JSON = [
            "messages": [
                ["role": "system", "content": "S"], TextModels.user("q"),
                [
                    "role": "assistant",
                    "tool_calls": [["id": "i", "type": "function", "function": ["name": "f", "arguments": "{}"]]],
                ],
                ["role": "tool", "tool_call_id": "i", "content": "1"], TextModels.user("r"),
            ],
            "tools": [TextModels.tool("f")], "tool_choice": "none", "max_prompt_tokens": 1000,
        ]
        let prepared = try await TextModels.prepare(request, TextModels.claude21)
        #expect(try JSON(parsing: prepared.call.body)["prompt"] == "S\n\nHuman: q\n\nHuman: r\n\nAssistant:")
        #expect(prepared.discardedMessages == [])
    }

    @Test func pythonLiterals() throws {
        let cases: [(String, String)] = [
            ("null", "None"), ("true", "True"), ("-0", "0"), ("1e16", "1e+16"), ("0.00001", "1e-05"), ("1E2", "100.0"),
            ("9100000000000000.0", "9100000000000000.0"), ("1e999", "inf"), ("-1e999", "-inf"),
            ("123456789012345678901234567890", "123456789012345678901234567890"), (#""it's""#, #""it's""#),
            (#""a'b\"c""#, #"'a\'b"c'"#), (#""\n\t\\\u0000é\u200b""#, #"'\n\t\\\x00é\u200b'"#),
            (#"[1,{"a":null}]"#, "[1, {'a': None}]"),
        ]
        for (json, expected) in cases {
            #expect(PythonLiteral.text(try JSON(parsing: json)) == expected)
        }
    }
}
