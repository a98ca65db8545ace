import AWS
import JSON
import RandomTesting
import Testing
import Tokenization

@testable import Adapters
@testable import Catalog
@testable import DIAL

@Suite("Prompts of text models") struct TextPromptTests {
    static let formats: [(ChatFormat, TokenizerKind)] = [
        (.claude, .claude2), (.claudeWithSystemPrompt, .claude2), (.titan, .bytes), (.command, .bytes),
    ]

    /// Counts are sums of counts of pieces, which must be those of the rendered whole.
    @Test(arguments: 0..<200) func countsAreThoseOfTheRenderedPrompt(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let texts = [
            "Hi", " I'll go ", "", "\n\n", "don't  stop\n", "é\u{301}", "\u{301}x", "日本", "<EOT>", "Human:", "a\u{1c}",
            "\u{3000}b",
            "½ … ﬁ", "x\u{200b}", "\t'", "ｶﾞ", "\u{a8}",
        ]
        let roles: [TextTurn.Role] = [.system, .user, .assistant]
        for (format, tokenizer) in Self.formats {
            let turns = (0..<Int.random(in: 1...6, using: &generator)).map { index -> TextTurn in
                let text = (0..<3).map { _ in texts.randomElement(using: &generator) ?? "" }.joined()
                let role = roles.randomElement(using: &generator) ?? .user
                return TextTurn(role: role, text: role == .system && text.isBlank ? "S" : text, sources: [index])
            }
            for tools in [nil, "<tools>\n</tools>"] where tools == nil || tokenizer == .claude2 {
                let prompt = TextPrompt(turns, format: format, tokenizer: tokenizer, toolsPrompt: tools)
                #expect(prompt.tokenCount == tokenizer.count(prompt.text), "\(prompt.text)")
            }
        }
    }

    /// A truncated prompt fits, and one message more would not.
    @Test(arguments: 0..<100) func truncationKeepsWhatFits(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        for (format, tokenizer) in Self.formats {
            let roles: [TextTurn.Role] = [.system, .user, .assistant]
            let turns = (0..<8).map { index in
                TextTurn(
                    role: roles.randomElement(using: &generator) ?? .user,
                    text: String(repeating: "word ", count: Int.random(in: 1...30, using: &generator)),
                    sources: [index]
                )
            }
            let whole = TextPrompt(turns, format: format, tokenizer: tokenizer)
            let limit = Int.random(in: 0...whole.tokenCount, using: &generator)
            var prompt = whole
            guard let discarded = try? prompt.truncate(to: limit) else {
                var required = whole
                required.turns = turns.enumerated().filter { $0.offset == 7 || $0.element.role == .system }.map(
                    \.element
                )
                #expect(required.tokenCount > limit)
                continue
            }
            #expect(prompt.tokenCount <= limit)
            #expect(tokenizer.count(prompt.text) <= limit)
            #expect(discarded == (0..<8).filter { index in !prompt.turns.contains { $0.sources == [index] } })
            #expect(!discarded.contains { turns[$0].role == .system || $0 == 7 })
            guard let last = discarded.last else { continue }
            prompt.turns = turns.enumerated().filter { !discarded.dropLast().contains($0.offset) }.map(\.element)
            #expect(prompt.tokenCount > limit, "\(last) would have fitted")
        }
    }

    @Test func preludeAndIntroductionAreTheRecordedOnes() async throws {
        let prelude = try #require(ChatFormat.titan.prelude)
        #expect(prelude.utf8.count == 272)
        #expect(
            try SHA256.hexDigest(of: prelude.utf8) == "d71184ec8dddd9663035e10fc57efb8eb675f5c15189f2a74c551f382db1a396"
        )
        let request: JSON = ["messages": [TextModels.user("x")], "tools": [TextModels.tool("f")]]
        let prompt = try #require(try await TextModels.body(request, TextModels.claude21)["prompt"]?.stringValue)
        #expect(
            try SHA256.hexDigest(of: prompt.utf8.prefix(493))
                == "aeaab03b6526a7e4a50893bf4249c73a430dfcc2efc62f9fcfc4b0afd2adc4a9"
        )
        #expect(String(prompt.utf8.dropFirst(493).prefix(7)) == "<tools>")
    }

    @Test func toolsComeBeforeTheTextOfALeadingSystemMessage() async throws {
        let request: JSON = [
            "messages": [["role": "system", "content": "Be brief. "], TextModels.user("x")],
            "tools": [TextModels.tool("f")],
        ]
        let prompt = try #require(try await TextModels.body(request, TextModels.claude21)["prompt"]?.stringValue)
        #expect(prompt.hasSuffix("</tool_description>\n</tools>\nBe brief.\n\nHuman: x\n\nAssistant:"))
    }

    @Test func missingAndEmptyTexts() async throws {
        let noContent: JSON = ["messages": [["role": "user"]]]
        #expect(try await TextModels.body(noContent, TextModels.claude2)["prompt"] == "Human:\n\nAssistant:")
        #expect(try await TextModels.body(noContent, TextModels.titan)["inputText"] == " ")
        #expect(try await TextModels.body(noContent, TextModels.command)["prompt"] == "")
        let blanks: JSON = ["messages": [["role": "developer", "content": "\u{1f} \u{3000}"]]]
        for model in [TextModels.claude2, TextModels.titan, TextModels.command] {
            let error = try await TextModels.error(blanks, model)
            #expect(error == .validation("List of messages must not be empty"))
        }
        // Neither is white space to Python.
        let invisible: JSON = ["messages": [["role": "system", "content": "\u{200b}\u{feff}"]]]
        #expect(
            try await TextModels.body(invisible, TextModels.claude21)["prompt"]
                == "\u{200b}\u{feff}\n\nHuman:\n\nAssistant:"
        )
    }

    /// The service refuses a prompt that begins with anything else than a user or, for 2.1, text for the system.
    @Test func conversationsBeginWithTheUser() async throws {
        let hello: JSON = ["role": "assistant", "content": "Hello"]
        let history: JSON = ["messages": [hello, TextModels.user("hi")]]
        for model in [TextModels.claude2, TextModels.claude21] {
            let prompt = try await TextModels.body(history, model)["prompt"]
            #expect(prompt == "Human:\n\nAssistant: Hello\n\nHuman: hi\n\nAssistant:")
        }
        let system: JSON = ["messages": [["role": "system", "content": "S"], hello, TextModels.user("hi")]]
        let prompt = try await TextModels.body(system, TextModels.claude21)["prompt"]
        #expect(prompt == "S\n\nHuman:\n\nAssistant: Hello\n\nHuman: hi\n\nAssistant:")
    }

    @Test func aLoneSystemMessageGetsTitansPrelude() async throws {
        let request: JSON = ["messages": [["role": "system", "content": "S"]]]
        let text = try #require(try await TextModels.body(request, TextModels.titan)["inputText"]?.stringValue)
        #expect(text.hasSuffix("====================\n\nHuman: S\n\nAssistant:"))
    }

    @Test func otherContentThanTextIsRefused() async throws {
        let parts: [(JSON, String)] = [
            (["type": "image_url", "image_url": ["url": "data:image/png;base64,aaaa"]], "an image"),
            (["type": "file", "file": ["file_data": "aaaa"]], "a file"),
            (["type": "input_audio", "input_audio": ["data": "aaaa", "format": "wav"]], "an audio"),
        ]
        for (part, name) in parts {
            let request: JSON = ["messages": [["role": "user", "content": [["type": "text", "text": "x"], part]]]]
            let error = try await TextModels.error(request, TextModels.claude2)
            #expect(error == .validation("Can't extract text from \(name) content part"))
        }
    }

    @Test func stopSequencesAreSentOnceAndNoneEmpty() async throws {
        let request: JSON = ["messages": [TextModels.user("x")], "stop": ["\n\nHuman:", "", "a", "a"]]
        let body = try await TextModels.body(request, TextModels.claude2)
        #expect(body["stop_sequences"] == ["\n\nHuman:", "a"])
    }

    @Test func numbersKeepTheirSpelling() async throws {
        let request = try JSON(parsing: #"{"messages":[{"role":"user","content":"x"}],"temperature":1.0,"top_p":1e-1}"#)
        let titan = try await TextModels.prepare(request, TextModels.titan).call.body
        #expect(
            String(decoding: titan, as: UTF8.self)
                == #"{"inputText":"x","textGenerationConfig":{"temperature":1.0,"topP":1e-1,"maxTokenCount":512}}"#
        )
        let claude = try await TextModels.body(request, TextModels.claude2)
        #expect(claude["max_tokens_to_sample"] == 1536)
        #expect(claude["temperature"]?.numberValue?.spelling == "1.0")
    }

    @Test func claude21IsKnownByItsProfileUnderAMapping() async throws {
        let catalog = try Catalog(compatibilityMapping: #"{"my-claude": "anthropic.claude-v2:1"}"#)
        let deployment = try #require(catalog.resolve(id: "my-claude", kind: .chat))
        let context = AdapterContext(deployment: deployment, attachments: NoFiles())
        let request: JSON = ["messages": [["role": "system", "content": "S"], TextModels.user("x")]]
        let prepared = try await TextCompletionAdapter.claudeText.prepare(
            ChatCompletionRequest(decoding: request),
            context
        )
        #expect(try JSON(parsing: prepared.call.body)["prompt"] == "S\n\nHuman: x\n\nAssistant:")
        #expect(prepared.call.modelID == "my-claude")
    }
}
