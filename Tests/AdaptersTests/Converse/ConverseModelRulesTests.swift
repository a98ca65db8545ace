import JSON
import Testing

@testable import Adapters

/// Where one model is stricter than the API.
@Suite("Converse: rules of single models")
struct ConverseModelRulesTests {
    typealias History = ConverseNormalisationTests

    static let point: JSON = ["cachePoint": ["type": "default"]]
    static let breakpoint: JSON = ["cache_breakpoint": [:]]

    static func tool(_ parameters: JSON, cached: Bool = false) -> JSON {
        let tool: JSON = ["type": "function", "function": ["name": "f", "parameters": parameters]]
        guard cached, var members = tool.objectValue else { return tool }
        members["custom_fields"] = breakpoint
        return .object(members)
    }

    @Test func llamaTakesToolResultsInTurnsOfTheirOwn() async throws {
        let messages: JSON = [
            History.user("a"), History.calls("1", "2"), History.tool("2", "two"), History.user("b"),
            History.tool("1", "one"),
        ]
        let tools: JSON = [Self.tool(["type": "object", "properties": [:]])]
        #expect(
            try await Converse.messages(messages, Converse.llama, tools: tools) == [
                History.sentUser(History.text("a")), History.sentAssistant(History.use("1"), History.use("2")),
                History.sentUser(History.result("1", "one"), History.result("2", "two")),
                History.sentAssistant(History.text(".")), History.sentUser(History.text("b")),
            ]
        )
        #expect(
            try await Converse.messages(messages, tools: tools)[2]
                == History.sentUser(
                    History.result("1", "one"),
                    History.result("2", "two"),
                    History.text("b")
                )
        )
    }

    @Test(arguments: [
        ("anthropic.claude-opus-4-7", nil as JSON?, nil as JSON?),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", 0.5, nil),
        (Converse.claude, 0.5, 0.9),
    ])
    func laterClaudeModelsTakeLessSampling(_ deployment: String, _ temperature: JSON?, _ topP: JSON?) async throws {
        let request: JSON = [
            "messages": [History.user("a")], "temperature": 0.5, "top_p": 0.9,
            "custom_fields": ["configuration": ["performanceConfig": ["latency": "standard"]]],
        ]
        let prepared = try await Converse.prepare(request, deployment)
        let inference = try JSON(parsing: prepared.call.body)["inferenceConfig"]
        #expect(inference?["temperature"] == temperature && inference?["topP"] == topP)
        #expect(prepared.notes.isEmpty == (topP != nil))
    }

    @Test func truncationKnowsTheSourcesOfSeparatedTurns() async throws {
        let long = String(repeating: "x", count: 600)
        let request: JSON = [
            "messages": [History.user(long), History.calls("1"), History.tool("1", long), History.user("b")],
            "max_prompt_tokens": 400,
        ]
        let prepared = try await Converse.prepare(request, Converse.llama)
        #expect(prepared.discardedMessages == [0, 1, 2])
        #expect(try JSON(parsing: prepared.call.body)["messages"] == [History.sentUser(History.text("b"))])
    }

    @Test func novaTakesNoCachePointsAmongTools() async throws {
        let request: JSON = [
            "messages": [["role": "user", "content": "a", "custom_fields": Self.breakpoint]],
            "tools": [Self.tool(["type": "object", "properties": [:]], cached: true)],
        ]
        let nova = try await Converse.prepare(request)
        let body = try JSON(parsing: nova.call.body)
        #expect(body["toolConfig"]?["tools"]?.arrayValue?.count == 1)
        #expect(body["messages"]?[0]?["content"] == [History.text("a"), Self.point])
        #expect(nova.notes.contains { $0.contains("among the tools") })
        let claude = try await Converse.body(request, Converse.claude)
        #expect(claude["toolConfig"]?["tools"]?[1] == Self.point)
    }

    static let schemas: [(schema: JSON, sent: JSON)] = [
        (
            [
                "$schema": "x", "title": "T", "additionalProperties": false, "required": ["a"], "type": "object",
                "properties": ["a": ["type": "string", "additionalProperties": false]],
            ],
            [
                "type": "object", "properties": ["a": ["type": "string", "additionalProperties": false]],
                "required": ["a"],
            ]
        ),
        (
            [
                "type": "object", "properties": ["a": ["$ref": "#/$defs/A", "description": "d"]],
                "$defs": ["A": ["type": "array", "items": ["$ref": "#/$defs/B"]], "B": ["type": "integer"]],
            ],
            [
                "type": "object",
                "properties": ["a": ["type": "array", "items": ["type": "integer"], "description": "d"]],
            ]
        ),
        (
            [
                "$ref": "#/definitions/A",
                "definitions": ["A": ["type": "object", "properties": ["b": ["type": "null"]]]],
            ],
            ["type": "object", "properties": ["b": ["type": "null"]]]
        ),
        // A tree: the reference into itself takes anything.
        (
            [
                "properties": ["root": ["$ref": "#/$defs/Node"]],
                "$defs": ["Node": ["type": "object", "properties": ["child": ["$ref": "#/$defs/Node"]]]],
            ],
            [
                "type": "object",
                "properties": ["root": ["type": "object", "properties": ["child": [:]]]],
            ]
        ),
        (
            ["type": "object", "properties": ["a": ["$ref": "other.json"], "definitions": ["type": "string"]]],
            ["type": "object", "properties": ["a": [:], "definitions": ["type": "string"]]]
        ),
        (["type": "object"], ["type": "object", "properties": [:]]),
    ]

    /// AWS and Anthropic refuse the whole request for one such tool.
    static let choices: [(schema: JSON, sent: JSON)] = [
        (
            [
                "type": "object", "properties": ["a": ["type": "string"], "b": [:]],
                "anyOf": [["required": ["a"]], ["required": ["b"]]], "description": "d",
            ],
            ["type": "object", "properties": ["a": ["type": "string"], "b": [:]], "description": "d"]
        ),
        (
            [
                "oneOf": [
                    ["$ref": "#/$defs/A"],
                    [
                        "type": "object", "properties": ["kind": ["const": "b"], "x": ["$ref": "#/$defs/X"]],
                        "required": ["x", "kind"],
                    ],
                ],
                "$defs": [
                    "A": ["type": "object", "properties": ["kind": ["const": "a"]], "required": ["kind"]],
                    "X": ["type": "integer"],
                ],
            ],
            [
                "type": "object",
                "$defs": [
                    "A": ["type": "object", "properties": ["kind": ["const": "a"]], "required": ["kind"]],
                    "X": ["type": "integer"],
                ],
                "properties": [
                    "kind": ["anyOf": [["const": "a"], ["const": "b"]]], "x": ["$ref": "#/$defs/X"],
                ], "required": ["kind"],
            ]
        ),
        // Alternatives within alternatives, behind references.
        (
            [
                "allOf": [["anyOf": [["$ref": "#/$defs/A"], ["$ref": "#/$defs/B"]]], ["$ref": "#/$defs/C"]],
                "$defs": [
                    "A": ["properties": ["a": [:]], "required": ["a", "c"]], "B": ["$ref": "#/$defs/D"],
                    "C": ["properties": ["c": [:]], "required": ["c"]], "D": ["properties": ["a": [:], "d": [:]]],
                ],
            ],
            [
                "type": "object",
                "$defs": [
                    "A": ["properties": ["a": [:]], "required": ["a", "c"]], "B": ["$ref": "#/$defs/D"],
                    "C": ["properties": ["c": [:]], "required": ["c"]], "D": ["properties": ["a": [:], "d": [:]]],
                ],
                "properties": ["a": [:], "d": [:], "c": [:]], "required": ["c"],
            ]
        ),
        // What an alternative asks for that cannot be read is not known: nothing is required.
        (
            ["type": "object", "anyOf": [["required": ["a"]], ["$ref": "other.json"]], "properties": ["a": [:]]],
            ["type": "object", "properties": ["a": [:]]]
        ),
        // What stands beside a reference counts, too.
        (
            [
                "type": "object", "oneOf": [["$ref": "#/$defs/A", "properties": ["b": [:]], "required": ["b"]]],
                "$defs": ["A": ["properties": ["a": [:]], "required": ["a"]]],
            ],
            [
                "type": "object", "$defs": ["A": ["properties": ["a": [:]], "required": ["a"]]],
                "properties": ["b": [:], "a": [:]], "required": ["b", "a"],
            ]
        ),
        // A schema may contain itself.
        (
            ["type": "object", "anyOf": [["$ref": "#/$defs/A"]], "$defs": ["A": ["allOf": [["$ref": "#/$defs/A"]]]]],
            ["type": "object", "$defs": ["A": ["allOf": [["$ref": "#/$defs/A"]]]], "properties": [:]]
        ),
        (
            [
                "type": "object", "properties": ["a": [:]], "required": ["a"],
                "allOf": [["properties": ["b": [:]], "required": ["b"]], ["required": ["a", "c"]], true],
            ],
            ["type": "object", "properties": ["a": [:], "b": [:]], "required": ["a", "b", "c"]]
        ),
        (["type": "object", "anyOf": "x"], ["type": "object", "properties": [:]]),
        (["type": "object", "anyOf": []], ["type": "object", "properties": [:]]),
    ]

    @Test(arguments: choices)
    func alternativesAtTheRootBecomeOne(_ schema: JSON, _ sent: JSON) async throws {
        let request: JSON = ["messages": [History.user("a")], "tools": [Self.tool(schema)]]
        #expect(try await Converse.prepare(request, Converse.claude).notes == [ToolSchema.choicesNote])
        #expect(try await Claude.prepare(request).notes == [ToolSchema.choicesNote])
        let converse = try await Converse.body(request, Converse.claude)
        #expect(
            converse["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"]?.isEquivalent(to: sent) == true
        )
        #expect(try await Claude.body(request)["tools"]?[0]?["input_schema"]?.isEquivalent(to: sent) == true)
    }

    @Test func alternativesAtNovasRootAreResolved() async throws {
        let request: JSON = ["messages": [History.user("a")], "tools": [Self.tool(Self.choices[1].schema)]]
        let sent = try await Converse.body(request)["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"]
        #expect(
            sent == [
                "type": "object",
                "properties": ["kind": ["anyOf": [["const": "a"], ["const": "b"]]], "x": ["type": "integer"]],
                "required": ["kind"],
            ]
        )
    }

    @Test(arguments: schemas)
    func novaTakesPlainSchemas(_ schema: JSON, _ sent: JSON) async throws {
        let request: JSON = ["messages": [History.user("a")], "tools": [Self.tool(schema)]]
        let nova = try await Converse.body(request)["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"]
        #expect(nova == sent)
        let claude = try await Converse.body(request, Converse.claude)
        let whole = claude["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"]
        for key in schema.objectValue?.keys ?? [] { #expect(whole?[key] == schema[key]) }
    }

    /// Many long alternatives are nothing unusual.
    @Test func manyAlternativesStayWhole() async throws {
        let variants: [JSON] = (0..<200).map { number in
            let text = JSON.string(String(repeating: "x", count: 2000) + String(number))
            return [
                "properties": ["op": ["const": JSON(number)], "args": ["description": text]], "required": ["op"],
            ]
        }
        let request: JSON = ["messages": [History.user("a")], "tools": [Self.tool(["oneOf": .array(variants)])]]
        for body in [try await Converse.body(request), try await Converse.body(request, Converse.claude)] {
            let schema = body["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"]
            #expect(schema?["properties"]?["op"]?["anyOf"]?.arrayValue?.count == 200)
            #expect(schema?["properties"]?["args"]?["anyOf"]?.arrayValue?.count == 200)
            #expect(schema?["required"] == ["op"])
        }
    }

    @Test func aReferenceAtNovasRootMayHaveAlternatives() async throws {
        let schema: JSON = [
            "$ref": "#/$defs/A",
            "$defs": ["A": ["anyOf": [["properties": ["a": [:]], "required": ["a"]], ["properties": ["b": [:]]]]]],
        ]
        let request: JSON = ["messages": [History.user("a")], "tools": [Self.tool(schema)]]
        let sent = try await Converse.body(request)["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"]
        #expect(sent == ["type": "object", "properties": ["a": [:], "b": [:]]])
    }

    /// A schema is gone through level by level: a long chain of deep definitions would need more stack than there may be.
    @Test func referencesDoNotNestWithoutEnd() {
        var definitions = JSONObject()
        for index in 0..<32 {
            var level: JSON = ["$ref": .string("#/$defs/D\(index + 1)")]
            for _ in 0..<50 { level = ["properties": ["p": level]] }
            definitions["D\(index)"] = level
        }
        let schema: JSONObject = ["properties": ["a": ["$ref": "#/$defs/D0"]], "$defs": .object(definitions)]
        var budget = ToolSchema.budget
        var depth = 0
        var level = ToolSchema.plain(schema, budget: &budget)["properties"]?["a"]
        while let inner = level?["properties"]?["p"] {
            depth += 1
            level = inner
        }
        #expect((50...200).contains(depth))
    }

    @Test(.timeLimit(.minutes(1))) func alternativesDoNotExplode() async throws {
        let many: [JSON] = (0..<20_000).map { ["properties": ["a": ["const": JSON($0)]]] }
        let twice: JSON = ["anyOf": [["$ref": "#/$defs/T"], ["$ref": "#/$defs/T"]]]
        let long: JSON = ["required": [.string(String(repeating: "r", count: 100_000))]]
        let often: JSON = [
            "anyOf": .array(Array(repeating: ["$ref": "#/$defs/T"], count: 20_000)), "$defs": ["T": long],
        ]
        for schema in [["anyOf": .array(many)], ["anyOf": [twice], "$defs": ["T": twice]], often] as [JSON] {
            let request: JSON = ["messages": [History.user("a")], "tools": [Self.tool(schema)]]
            #expect(try await Claude.body(request)["tools"]?[0]?["input_schema"]?["type"] == "object")
        }
    }

    /// Every definition holds the next one twice: resolved blindly, this would be a trillion values.
    @Test func schemasDoNotExplode() async throws {
        var definitions = JSONObject()
        for level in 0..<40 {
            let next: JSON = ["$ref": .string("#/$defs/D\(level + 1)")]
            definitions["D\(level)"] = ["type": "object", "properties": ["a": next, "b": next]]
        }
        let schema: JSON = [
            "type": "object", "properties": ["a": ["$ref": "#/$defs/D0"]], "$defs": .object(definitions),
        ]
        let prepared = try await Converse.prepare(["messages": [History.user("a")], "tools": [Self.tool(schema)]])
        #expect(prepared.call.body.count < 4_000_000)
    }

    /// What references bring is bounded in bytes, over all tools.
    @Test func longTextsAreNotMultiplied() async throws {
        let references = (0..<200).map { (String($0), ["$ref": "#/$defs/D"] as JSON) }
        let schema: JSON = [
            "type": "object", "properties": .object(JSONObject(references)),
            "$defs": ["D": ["description": .string(String(repeating: "x", count: 100_000))]],
        ]
        let tools: [JSON] = (0..<10).map { number in
            ["type": "function", "function": ["name": .string("f\(number)"), "parameters": schema]]
        }
        let prepared = try await Converse.prepare(["messages": [History.user("a")], "tools": .array(tools)])
        #expect(prepared.call.body.count < 2_000_000)
        #expect(prepared.call.body.count > 100_000)
    }

    static func cachedFile(_ type: String, text: JSON) -> JSON {
        [
            "role": "user", "content": text, "custom_fields": breakpoint,
            "custom_content": ["attachments": [["title": "n", "type": .string(type), "data": "eA=="]]],
        ]
    }

    @Test(arguments: [("text/plain", "txt"), ("application/csv", "csv")])
    func claudeCachesTextDocumentsBehindAText(_ type: String, _ format: String) async throws {
        let document: JSON = ["document": ["format": .string(format), "name": "n", "source": ["bytes": "eA=="]]]
        let beside = try await Converse.messages([Self.cachedFile(type, text: "a")], Converse.claude)
        #expect(beside == [History.sentUser(document, History.text("a"), Self.point)])
        let alone = try await Converse.messages([Self.cachedFile(type, text: "")], Converse.claude)
        #expect(alone == [History.sentUser(document, History.text("."), Self.point)])
        let uncached = try await Converse.messages([Self.cachedFile(type, text: "a")], Converse.commandR)
        #expect(uncached == [History.sentUser(History.text("a"), document)])
    }

    @Test func claudeCachesPDFWhereItStands() async throws {
        let document: JSON = ["document": ["format": "pdf", "name": "n", "source": ["bytes": "eA=="]]]
        let sent = try await Converse.messages([Self.cachedFile("application/pdf", text: "a")], Converse.claude)
        #expect(sent == [History.sentUser(History.text("a"), document, Self.point)])
    }

    @Test(arguments: [
        "anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-sonnet-20240229-v1:0",
        "anthropic.claude-3-opus-20240229-v1:0", "anthropic.claude-3-5-sonnet-20240620-v1:0",
    ])
    func earlyClaudeDoesNotCache(_ deployment: String) async throws {
        let messages: JSON = [["role": "user", "content": "a", "custom_fields": Self.breakpoint]]
        #expect(try await Converse.messages(messages, deployment) == [History.sentUser(History.text("a"))])
        #expect(
            try await Converse.messages(messages, Converse.claude) == [History.sentUser(History.text("a"), Self.point)]
        )
    }
}
