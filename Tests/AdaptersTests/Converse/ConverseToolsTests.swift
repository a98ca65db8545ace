import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import DIAL

@Suite("Converse: tools")
struct ConverseToolsTests {
    static let hello: JSON = [["role": "user", "content": "x"]]

    static func function(_ name: String, description: String? = nil, parameters: JSON? = nil) -> JSON {
        var function: JSONObject = ["name": .string(name)]
        if let description { function["description"] = .string(description) }
        if let parameters { function["parameters"] = parameters }
        return ["type": "function", "function": .object(function)]
    }

    static func specifications(_ tools: [JSON], _ deployment: String = Converse.nova) async throws -> [JSON] {
        let body = try await Converse.body(["messages": hello, "tools": .array(tools)], deployment)
        return body["toolConfig"]?["tools"]?.arrayValue ?? []
    }

    /// Unicode takes both spellings of é for the same; the service's names for them must differ.
    @Test func namesThatLookAlike() async throws {
        let specifications = try await Self.specifications(["\u{E9}", "e\u{301}"].map { Self.function($0) })
        #expect(specifications.map { $0["toolSpec"]?["name"]?.stringValue } == ["_", "e_"])
    }

    @Test func names() async throws {
        let long = String(repeating: "n", count: 70)
        let names = try await Self.specifications(
            ["a.b", "a_b", "a-b", "é", long].map { Self.function($0) },
            Converse.claude
        ).compactMap { $0["toolSpec"]?["name"]?.stringValue }
        #expect(names[0] == "a_b")
        #expect(names[1].hasPrefix("a_b_") && names[1].utf8.count == 4 + 8)
        #expect(names[2] == "a-b")
        #expect(names[3] == "_")
        #expect(names[4].hasPrefix(String(repeating: "n", count: 55) + "_") && names[4].utf8.count == 64)
        #expect(Set(names).count == names.count)
    }

    @Test func hyphensOfNova() async throws {
        let names = try await Self.specifications(["a-b", "a_b"].map { Self.function($0) })
            .compactMap { $0["toolSpec"]?["name"]?.stringValue }
        #expect(names[0] == "a_b")
        #expect(names[1] != "a_b")
    }

    @Test func namesComeBack() {
        var names = ToolNames(allowsHyphen: false)
        let originals = ["a", "a-b", "a_b", "a.b", "", String(repeating: "x", count: 65), "🔧"]
        let sent = originals.map { names.wireName(for: $0) }
        #expect(Set(sent).count == originals.count)
        #expect(sent.map { names.original(of: $0) } == originals)
        #expect(originals.map { names.wireName(for: $0) } == sent)
        #expect(names.original(of: "unknown") == "unknown")
        #expect(sent.allSatisfy { (1...64).contains($0.utf8.count) })
    }

    @Test func schemas() async throws {
        let schemas = try await Self.specifications([
            Self.function("a"), Self.function("b", parameters: [:]),
            Self.function("c", parameters: ["properties": ["z": ["type": "number", "minimum": 1.50], "a": [:]]]),
            Self.function("d", parameters: ["type": "object", "$schema": "s"]),
        ]).compactMap { $0["toolSpec"]?["inputSchema"]?["json"] }
        #expect(schemas[0] == ["type": "object", "properties": [:]])
        #expect(schemas[1] == ["type": "object", "properties": [:]])
        #expect(schemas[2]["type"] == "object")
        #expect(schemas[2]["properties"]?.objectValue?.keys == ["z", "a"])
        #expect(schemas[3] == ["type": "object", "properties": [:]])
    }

    /// Prompt caching compares prefixes: members and numbers stay as the client wrote them.
    @Test func schemasKeepTheirSpelling() async throws {
        let schema = #"{"type":"object","properties":{"b":{"minimum":1.50},"a":{"maximum":1e3}},"required":["b"]}"#
        let request =
            #"{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":"#
            + schema + "}}]}"
        let prepared = try await Converse.prepare(try JSON(parsing: request))
        #expect(String(decoding: prepared.call.body, as: UTF8.self).contains(schema))
    }

    @Test(arguments: [(Converse.commandR, " " as String?), (Converse.nova, nil)])
    func missingDescriptions(_ deployment: String, _ description: String?) async throws {
        for tool in [Self.function("f"), Self.function("f", description: "")] {
            let specification = try await Self.specifications([tool], deployment)[0]["toolSpec"]
            #expect(specification?["description"]?.stringValue == description)
        }
    }

    static let choiceCases: [(JSON, JSON, JSON)] = [
        ("auto", ["auto": [:]], ["auto": [:]]),
        ("required", ["any": [:]], ["auto": [:]]),
        (["type": "function", "function": ["name": "f"]], ["tool": ["name": "f"]], ["auto": [:]]),
    ]

    @Test(arguments: choiceCases)
    func choices(_ choice: JSON, _ nova: JSON, _ llama: JSON) async throws {
        let request: JSON = ["messages": Self.hello, "tools": [Self.function("f")], "tool_choice": choice]
        #expect(try await Converse.body(request)["toolConfig"]?["toolChoice"] == nova)
        #expect(try await Converse.body(request, Converse.jamba)["toolConfig"]?["toolChoice"] == nova)
        let prepared = try await Converse.prepare(request, Converse.llama)
        #expect(try JSON(parsing: prepared.call.body)["toolConfig"]?["toolChoice"] == llama)
        #expect(prepared.notes.isEmpty == (nova == llama))
    }

    @Test func legacyChoices() async throws {
        let functions: JSON = [["name": "f"]]
        let named = try await Converse.body([
            "messages": Self.hello, "functions": functions, "function_call": ["name": "f"],
        ])
        #expect(named["toolConfig"]?["toolChoice"] == ["tool": ["name": "f"]])
        let error = try await Converse.error(["messages": Self.hello, "functions": functions, "function_call": "none"])
        #expect(error == .validation("tool_choice=none isn't supported by Converse API"))
    }

    static let toollessCases: [(JSON, Bool)] = [
        (["messages": hello, "tools": []], true),
        (["messages": hello, "functions": []], true),
        (
            [
                "messages": [
                    [
                        "role": "assistant",
                        "tool_calls": [
                            ["id": "1", "type": "function", "function": ["name": "f", "arguments": ""]]
                        ],
                    ]
                ]
            ], true
        ),
        (
            [
                "messages": [
                    ["role": "user", "content": "x"],
                    ["role": "assistant", "function_call": ["name": "f", "arguments": ""]],
                    ["role": "function", "name": "f", "content": "y"],
                ]
            ], false
        ),
        (["messages": hello], false),
    ]

    @Test(arguments: toollessCases)
    func modelsWithoutTools(_ request: JSON, _ isRefused: Bool) async throws {
        for deployment in [Converse.deepSeek, Converse.llama11b] {
            guard isRefused else {
                #expect(try await Converse.body(request, deployment)["toolConfig"] == nil)
                continue
            }
            #expect(try await Converse.error(request, deployment) == .validation("Tools are not supported"))
        }
    }

    @Test(arguments: [
        ("{", true), ("x", true), ("{} {}", true), ("", false), ("  ", false), ("null", false), ("[1]", false),
        (#""""#, false), ("3", false),
    ])
    func argumentsOfTheHistory(_ arguments: String, _ isRefused: Bool) async throws {
        let request: JSON = [
            "messages": [
                ["role": "user", "content": "x"],
                [
                    "role": "assistant",
                    "tool_calls": [
                        ["id": "1", "type": "function", "function": ["name": "f", "arguments": .string(arguments)]]
                    ],
                ],
                ["role": "tool", "tool_call_id": "1", "content": "y"],
            ]
        ]
        if isRefused {
            #expect(
                try await Converse.error(request) == .validation("The arguments of the tool call 'f' aren't valid JSON")
            )
        } else {
            let body = try await Converse.body(request)
            #expect(body["messages"]?[1]?["content"]?[0]?["toolUse"]?["input"] == [:])
            #expect(body["toolConfig"]?["tools"]?[0]?["toolSpec"]?["name"] == "f")
        }
    }

    static let incompleteResultCases: [(JSON, String)] = [
        (
            ["role": "tool", "content": "x"],
            "Tool result message is expected to have tool call id and plain text content"
        ),
        (
            ["role": "tool", "tool_call_id": "", "content": "x"],
            "Tool result message is expected to have tool call id and plain text content"
        ),
        (
            ["role": "tool", "tool_call_id": "1", "content": []],
            "Tool result message is expected to have tool call id and plain text content"
        ),
        (
            ["role": "function", "name": "", "content": "x"],
            "Function result message is expected to have function name and plain text content"
        ),
        (
            ["role": "function", "content": "x"],
            "Function result message is expected to have function name and plain text content"
        ),
    ]

    @Test(arguments: incompleteResultCases)
    func incompleteResults(_ message: JSON, _ text: String) async throws {
        let error = try await Converse.error(["messages": [["role": "user", "content": "x"], message]])
        #expect(error == DIALError(status: 500, message: text, type: "runtime_error"))
    }

    @Test func bothKindsOfCallsInOneMessage() async throws {
        let error = try await Converse.error([
            "messages": [
                [
                    "role": "assistant",
                    "tool_calls": [
                        ["id": "1", "type": "function", "function": ["name": "f", "arguments": ""]]
                    ], "function_call": ["name": "f", "arguments": ""],
                ]
            ]
        ])
        #expect(error == .validation("You cannot use both function call and tool calls in the same message"))
    }

    static let operationCases: [(String, JSON, UpstreamOperation)] = [
        (Converse.llama, ["messages": hello, "stream": true, "tools": []], UpstreamOperation.converse),
        (Converse.llama, ["messages": hello, "stream": true], .converseStream),
        (Converse.jamba, ["messages": hello, "stream": true, "functions": [["name": "f"]]], .converse),
        (Converse.nova, ["messages": hello, "stream": true, "functions": [["name": "f"]]], .converseStream),
        (Converse.commandR, ["messages": hello, "stream": true, "tools": []], .converseStream),
        (Converse.nova, ["messages": hello], .converse),
    ]

    @Test(arguments: operationCases)
    func operation(_ deployment: String, _ request: JSON, _ operation: UpstreamOperation) async throws {
        #expect(try await Converse.prepare(request, deployment).call.operation == operation)
    }

    /// Llama streams no tools, and AWS wants a configuration of tools as soon as the history has calls.
    @Test func aHistoryOfFunctionsIsNotStreamed() async throws {
        let request: JSON = [
            "stream": true,
            "messages": [
                ["role": "user", "content": "x"],
                ["role": "assistant", "function_call": ["name": "f", "arguments": "{}"]],
                ["role": "function", "name": "f", "content": "y"],
            ],
        ]
        #expect(try await Converse.prepare(request, Converse.llama).call.operation == .converse)
        #expect(try await Converse.prepare(request, Converse.nova).call.operation == .converseStream)
    }

    /// AWS wants a configuration of tools for calls, and a model without tools takes none.
    @Test(arguments: [Converse.deepSeek, "meta.llama3-8b-instruct-v1:0"])
    func functionsOfAnotherModelBecomeText(_ deployment: String) async throws {
        let prepared = try await Converse.prepare(
            [
                "messages": [
                    ["role": "user", "content": "x"],
                    ["role": "assistant", "function_call": ["name": "f.g", "arguments": #"{"a":1}"#]],
                    ["role": "function", "name": "f.g", "content": "y"], ["role": "user", "content": "z"],
                ]
            ],
            deployment
        )
        let body = try JSON(parsing: prepared.call.body)
        #expect(
            body["messages"] == [
                ["role": "user", "content": [["text": "x"]]],
                ["role": "assistant", "content": [["text": #"f.g({"a":1})"#]]],
                ["role": "user", "content": [["text": "y"], ["text": "z"]]],
            ]
        )
        #expect(body["toolConfig"] == nil)
        let stray: JSON = [
            "messages": [["role": "user", "content": "x"], ["role": "function", "name": "f", "content": "y"]]
        ]
        #expect(try await Converse.messages(stray["messages"] ?? .null, deployment).arrayValue?.count == 1)
        #expect(prepared.notes == ["Function calls of the history are sent as text: the model has no tools"])
    }

    /// AWS refuses an id that comes twice.
    @Test func callsOfOneFunctionHaveIdsOfTheirOwn() async throws {
        let call: JSON = ["role": "assistant", "function_call": ["name": "f", "arguments": "{}"]]
        let messages: JSON = [
            ["role": "user", "content": "x"], call, ["role": "function", "name": "f", "content": "1"], call, call,
            ["role": "function", "name": "f", "content": "2"],
        ]
        let sent = try await Converse.messages(messages)
        #expect(sent[1]?["content"]?[0]?["toolUse"]?["toolUseId"] == "f")
        #expect(sent[2]?["content"]?[0]?["toolResult"]?["toolUseId"] == "f")
        #expect(sent[3]?["content"]?.arrayValue?.map { $0["toolUse"]?["toolUseId"] } == ["f_2", "f_3"])
        #expect(sent[4]?["content"]?.arrayValue?.map { $0["toolResult"]?["toolUseId"] } == ["f_2", "f_3"])
        #expect(sent[4]?["content"]?.arrayValue?.map { $0["toolResult"]?["status"] } == ["success", "error"])
    }

    @Test func halfASurrogatePairInArgumentsIsMended() async throws {
        let arguments = #"{"text":"a\ud83d"}"#
        let call: JSON = ["id": "1", "type": "function", "function": ["name": "f", "arguments": .string(arguments)]]
        let messages: JSON = [
            ["role": "user", "content": "x"], ["role": "assistant", "tool_calls": [call]],
            ["role": "tool", "tool_call_id": "1", "content": .string(arguments)],
        ]
        let sent = try await Converse.messages(messages)
        #expect(sent[1]?["content"]?[0]?["toolUse"]?["input"] == ["text": "a\u{FFFD}"])
        #expect(sent[2]?["content"]?[0]?["toolResult"]?["content"]?[0] == ["json": ["text": "a\u{FFFD}"]])
    }
}
