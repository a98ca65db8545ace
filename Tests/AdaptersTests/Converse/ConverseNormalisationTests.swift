import JSON
import RandomTesting
import Testing

@testable import Adapters

/// Histories the service would refuse are put in order.
@Suite("Converse: normalisation")
struct ConverseNormalisationTests {
    static func user(_ text: String) -> JSON { ["role": "user", "content": .string(text)] }
    static func assistant(_ text: String) -> JSON { ["role": "assistant", "content": .string(text)] }
    static func calls(_ ids: String..., text: JSON = nil) -> JSON {
        [
            "role": "assistant", "content": text,
            "tool_calls": .array(
                ids.map { id in
                    ["id": .string(id), "type": "function", "function": ["name": "f", "arguments": "{}"]]
                }
            ),
        ]
    }
    static func tool(_ id: String, _ text: String) -> JSON {
        ["role": "tool", "tool_call_id": .string(id), "content": .string(text)]
    }

    static func sentUser(_ blocks: JSON...) -> JSON { ["role": "user", "content": .array(blocks)] }
    static func sentAssistant(_ blocks: JSON...) -> JSON { ["role": "assistant", "content": .array(blocks)] }
    static func text(_ text: String) -> JSON { ["text": .string(text)] }
    static func use(_ id: String) -> JSON { ["toolUse": ["toolUseId": .string(id), "name": "f", "input": [:]]] }
    static func result(_ id: String, _ text: String) -> JSON {
        ["toolResult": ["toolUseId": .string(id), "content": [["text": .string(text)]], "status": "success"]]
    }
    static func unanswered(_ id: String) -> JSON {
        [
            "toolResult": [
                "toolUseId": .string(id), "content": [["text": "The tool call was not answered."]], "status": "error",
            ]
        ]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let messages: [JSON]
        let sent: [JSON]

        init(_ description: String, _ messages: [JSON], _ sent: [JSON]) {
            testDescription = description
            self.messages = messages
            self.sent = sent
        }
    }

    static let cases: [Case] = [
        Case(
            "neighbours of one role merge",
            [user("a"), user("b"), assistant("c"), assistant("d"), user("e")],
            [sentUser(text("a"), text("b")), sentAssistant(text("c"), text("d")), sentUser(text("e"))]
        ),
        Case("blank text goes", [user("a"), assistant(" \n"), user("b")], [sentUser(text("a"), text("b"))]),
        Case(
            "a blank user turn gets the placeholder",
            [user("a"), assistant("b"), user("\t ")],
            [sentUser(text("a")), sentAssistant(text("b")), sentUser(text("."))]
        ),
        Case(
            "a user turn comes first",
            [assistant("a"), user("b")],
            [sentUser(text(".")), sentAssistant(text("a")), sentUser(text("b"))]
        ),
        Case("a blank first assistant turn goes", [assistant(""), user("b")], [sentUser(text("b"))]),
        Case(
            "white space behind a prefill goes",
            [user("a"), assistant("b \n")],
            [sentUser(text("a")), sentAssistant(text("b"))]
        ),
        Case("a blank prefill goes", [user("a"), assistant("  ")], [sentUser(text("a"))]),
        Case(
            "only the prefill is trimmed",
            [user("a "), assistant("b "), user("c ")],
            [sentUser(text("a ")), sentAssistant(text("b ")), sentUser(text("c "))]
        ),
        Case(
            "results go first and in the order of the calls",
            [user("a"), calls("1", "2"), user("b"), tool("2", "two"), tool("1", "one")],
            [
                sentUser(text("a")), sentAssistant(use("1"), use("2")),
                sentUser(result("1", "one"), result("2", "two"), text("b")),
            ]
        ),
        Case(
            "results without a call go",
            [user("a"), calls("1"), tool("9", "nine"), tool("1", "one")],
            [sentUser(text("a")), sentAssistant(use("1")), sentUser(result("1", "one"))]
        ),
        Case(
            "results after no call at all",
            [user("a"), tool("9", "nine"), assistant("b"), tool("8", "eight"), user("c")],
            [sentUser(text("a")), sentAssistant(text("b")), sentUser(text("c"))]
        ),
        Case("a turn of results without calls gets the placeholder", [tool("9", "nine")], [sentUser(text("."))]),
        Case(
            "unanswered calls get an error",
            [user("a"), calls("1", "2"), tool("2", "two")],
            [sentUser(text("a")), sentAssistant(use("1"), use("2")), sentUser(unanswered("1"), result("2", "two"))]
        ),
        Case(
            "unanswered calls at the end get a turn",
            [user("a"), calls("1", text: "wait")],
            [sentUser(text("a")), sentAssistant(text("wait"), use("1")), sentUser(unanswered("1"))]
        ),
        Case(
            "a second result of a call goes",
            [user("a"), calls("1"), tool("1", "one"), tool("1", "again")],
            [sentUser(text("a")), sentAssistant(use("1")), sentUser(result("1", "one"))]
        ),
        Case(
            "results are told from text by being objects",
            [user("a"), calls("1"), tool("1", "[1]")],
            [sentUser(text("a")), sentAssistant(use("1")), sentUser(result("1", "[1]"))]
        ),
        Case(
            "a blank result is the placeholder",
            [user("a"), calls("1"), tool("1", " ")],
            [sentUser(text("a")), sentAssistant(use("1")), sentUser(result("1", "."))]
        ),
    ]

    @Test(arguments: cases)
    func normalised(_ example: Case) async throws {
        let sent = try await Converse.messages(
            .array(example.messages),
            tools: [["type": "function", "function": ["name": "f"]]]
        )
        #expect(JSONMatch.difference(.array(example.sent), sent) == nil, "\(sent.serializedString())")
    }

    /// Whatever comes in, what goes out obeys the service's rules.
    @Test func anyHistoryBecomesValid() async throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<400 {
            let count = Int.random(in: 1...9, using: &generator)
            let messages = (0..<count).map { _ -> JSON in
                let id = String(Int.random(in: 1...3, using: &generator))
                return switch Int.random(in: 0..<8, using: &generator) {
                case 0: Self.user("u")
                case 1: Self.user(" ")
                case 2: Self.assistant("a ")
                case 3: Self.assistant("")
                case 4: Self.calls(id)
                case 5: Self.calls(id, "4", text: "t")
                case 6: Self.tool("4", "r")
                default: Self.tool(id, "r")
                }
            }
            let tools: JSON = [["type": "function", "function": ["name": "f"]]]
            let request: JSON = ["messages": .array(messages), "tools": tools]
            guard let sent = try? await Converse.body(request)["messages"]?.arrayValue else {
                // Nothing but blank assistant turns.
                #expect(messages.allSatisfy { $0["role"] == "assistant" && $0["content"] == "" })
                continue
            }
            try Self.expectValid(sent, "\(JSON.array(messages).serializedString())")
        }
    }

    static func expectValid(_ sent: [JSON], _ comment: Comment) throws {
        #expect(sent.first?["role"] == "user", comment)
        for (index, turn) in sent.enumerated() {
            if index > 0 { #expect(turn["role"] != sent[index - 1]["role"], comment) }
            let blocks = try #require(turn["content"]?.arrayValue)
            #expect(!blocks.isEmpty, comment)
            for block in blocks {
                if let text = block["text"]?.stringValue { #expect(!text.isBlank, comment) }
            }
            let results = blocks.compactMap { $0["toolResult"]?["toolUseId"]?.stringValue }
            let calls =
                index > 0
                ? sent[index - 1]["content"]?.arrayValue?.compactMap { $0["toolUse"]?["toolUseId"]?.stringValue } : []
            #expect(results == calls, comment)
            #expect(blocks.prefix(results.count).allSatisfy { $0["toolResult"] != nil }, comment)
        }
        if sent.last?["role"] == "assistant" {
            let last = sent.last?["content"]?.arrayValue?.last
            #expect(last?["toolUse"] == nil, comment)
            if let text = last?["text"]?.stringValue { #expect(text == text.trimmingTrailingPythonWhitespace, comment) }
        }
    }

    @Test func systemMessages() async throws {
        let body = try await Converse.body([
            "messages": [
                ["role": "system", "content": " "],
                [
                    "role": "system",
                    "content": [
                        ["type": "text", "text": "a"], ["type": "text", "text": " "], ["type": "text", "text": "b"],
                    ],
                ],
                ["role": "developer", "content": "c"], Self.user("d"), ["role": "system", "content": "\n"],
                Self.assistant("e"),
                ["role": "system", "content": nil], Self.user("f"),
            ]
        ])
        #expect(body["system"] == [["text": "a"], ["text": "b"], ["text": "c"]])
        #expect(body["messages"]?.arrayValue?.count == 3)
    }

    @Test(arguments: [
        ("system", "System message can only follow system or developer message"),
        ("developer", "Developer message can only follow system or developer message"),
    ])
    func laterSystemMessagesAreRefused(_ role: String, _ message: String) async throws {
        let error = try await Converse.error(["messages": [Self.user("a"), ["role": .string(role), "content": "b"]]])
        #expect(error == .validation(message))
    }

    static let systemParts: [(JSON, String)] = [
        (["type": "image_url", "image_url": ["url": "x"]], "an image"),
        (["type": "input_audio", "input_audio": ["data": "", "format": "wav"]], "an audio"),
        (["type": "file", "file": ["file_data": "x"]], "a file"),
        (["type": "refusal", "refusal": "x"], "a refusal"),
    ]

    @Test(arguments: systemParts)
    func systemMessagesAreText(_ part: JSON, _ kind: String) async throws {
        let error = try await Converse.error(["messages": [["role": "system", "content": [part]], Self.user("a")]])
        #expect(error == .validation("Can't extract text from \(kind) content part"))
    }

    static let emptyConversations: [JSON] = [
        [], [["role": "system", "content": "x"]], [["role": "system", "content": ""]],
        [["role": "assistant", "content": ""]],
    ]

    @Test(arguments: emptyConversations)
    func nothingToSay(_ messages: JSON) async throws {
        #expect(try await Converse.error(["messages": messages]) == .validation("List of messages must not be empty"))
    }

    /// Ids of other vendors' models; the service takes `[a-zA-Z0-9_.:-]{1,64}`, each once.
    @Test func idsOfCalls() async throws {
        let given = ["call_1", "call|x y", String(repeating: "x", count: 70), "call_1", "a.b:c-d", "é"]
        var messages: [JSON] = [["role": "user", "content": "x"]]
        for id in given {
            let call: JSON = ["id": .string(id), "type": "function", "function": ["name": "f", "arguments": "{}"]]
            messages.append(["role": "assistant", "content": nil, "tool_calls": [call]])
            messages.append(["role": "tool", "tool_call_id": .string(id), "content": .string("of " + id)])
        }
        let sent = try await Converse.messages(.array(messages)).arrayValue ?? []
        let calls = sent.compactMap { $0["content"]?[0]?["toolUse"]?["toolUseId"]?.stringValue }
        let results = sent.compactMap { $0["content"]?[0]?["toolResult"] }
        #expect(calls.count == given.count && Set(calls).count == given.count)
        #expect(calls[0] == "call_1" && calls[1] == "call_x_y" && calls[3] == "call_1_2" && calls[4] == "a.b:c-d")
        #expect(calls[2].utf8.count == 64)
        #expect(results.map { $0["toolUseId"]?.stringValue } == calls)
        #expect(results.map { $0["content"]?[0]?["text"]?.stringValue } == given.map { "of " + $0 })
    }

    /// An image that another model made: the service takes none of the assistant.
    @Test(arguments: ["here", ""])
    func filesOfTheAssistant(_ text: String) async throws {
        let image: JSON = ["type": "image/png", "data": "iVBORw0KGgo="]
        let answer: JSON = [
            "role": "assistant", "content": .string(text), "custom_content": ["attachments": [image]],
        ]
        let user: JSON = ["role": "user", "content": "x"]
        let sent = try await Converse.messages([user, answer, user]).arrayValue ?? []
        let last = sent.last?["content"]?.arrayValue ?? []
        #expect(last.suffix(2).map { $0.objectValue?.keys.first } == ["image", "text"])
        #expect(sent.dropLast().allSatisfy { $0["content"]?.arrayValue?.allSatisfy { $0["image"] == nil } == true })
        // Without a message of the user behind it they are one.
        let atTheEnd = try await Converse.messages([user, answer]).arrayValue ?? []
        #expect(atTheEnd.last?["role"] == "user" && atTheEnd.last?["content"]?.arrayValue?.last?["image"] != nil)
    }

    @Test func cachePointsOfMovedFilesGo() async throws {
        let mark: JSON = ["cache_breakpoint": [:]]
        let image: JSON = ["attachments": [["type": "image/png", "data": "iVBORw0KGgo="]]]
        let sent = try await Converse.messages(
            [
                ["role": "user", "content": "x"], ["role": "assistant", "content": "a", "custom_fields": mark],
                ["role": "assistant", "content": "", "custom_content": image, "custom_fields": mark],
                ["role": "user", "content": "y"],
            ],
            Converse.claude
        )
        #expect(sent[1]?["content"] == [["text": "a"], ["cachePoint": ["type": "default"]]])
    }

    /// A message that truncation drops takes its files with it.
    @Test func filesOfDroppedMessages() async throws {
        let words = String(repeating: "word ", count: 300)
        let image: JSON = ["attachments": [["type": "image/png", "data": "iVBORw0KGgo="]]]
        let prepared = try await Converse.prepare([
            "messages": [
                ["role": "user", "content": "q"],
                ["role": "assistant", "content": .string(words), "custom_content": image],
                ["role": "user", "content": "n"],
            ],
            "max_prompt_tokens": 60,
        ])
        #expect(prepared.discardedMessages == [0, 1])
        #expect(try JSON(parsing: prepared.call.body)["messages"]?[0]?["content"] == [["text": "n"]])
    }
}
