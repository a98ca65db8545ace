import Foundation
import JSON
import RandomTesting
import Testing

@testable import Adapters
@testable import DIAL

@Suite("Output of text models") struct TextOutputFilterTests {
    static let outputs: [(text: String, passed: String)] = [
        ("", ""), (" \n", ""), ("Assistant:", ""), ("Assistant: ", ""), (" Assistant: \n hello ", "hello "),
        ("assistant: hello", "assistant: hello"), ("Assistant:Assistant: x", "Assistant: x"), ("Assist", "Assist"),
        ("a\n\nHuman: b", "a"), ("\n\nHuman: b", "Human: b"), ("a\n\nHuma", "a\n\nHuma"), ("é日😀\n\nHuman:", "é日😀"),
        ("one STOP two\n\nHuman:", "one "), ("one\n\nHuman: STOP", "one"), ("SSTOP", "S"), ("日本語日本語", "日本語日本語"),
        ("Assistant:STOP x", ""), ("x\u{301}", "x\u{301}"),
    ]

    @Test(arguments: outputs) func everySplit(_ output: (text: String, passed: String)) {
        let scalars = Array(output.text.unicodeScalars)
        for first in 0...scalars.count {
            for second in first...scalars.count {
                var filter = TextOutputFilter(cue: "Assistant:", stops: ["\n\nHuman:", "STOP", ""])
                var passed = ""
                for piece in [scalars[..<first], scalars[first..<second], scalars[second...]] {
                    var text = String.UnicodeScalarView()
                    text.append(contentsOf: piece)
                    passed += filter.push(String(text))
                }
                passed += filter.finish()
                #expect(passed.utf8.elementsEqual(output.passed.utf8), "\(first) \(second): \(passed)")
                #expect(filter.hasOutput == !output.passed.isEmpty)
            }
        }
    }

    /// Texts of few letters, in which beginnings of a stop sequence overlap.
    @Test func stopsAreFoundWhereAPlainSearchFindsThem() {
        var generator = SeededGenerator(seed: 5)
        func letters(_ lengths: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: lengths, using: &generator)).map { _ in "ab".randomElement(using: &generator) ?? "a"
                }
            )
        }
        var found = 0
        for _ in 0..<3000 {
            let (stop, text) = (letters(1...6), letters(0...40))
            var search = TextSearch(stop)
            let ends = text.utf8.map { search.takes($0) }
            let expected = (0..<text.utf8.count).map { text.prefix($0 + 1).hasSuffix(stop) }
            #expect(ends == expected, "\(stop) in \(text)")
            found += expected.filter(\.self).count
        }
        #expect(found > 3000)
    }

    @Test func textGoesOutAsSoonAsItMay() {
        var filter = TextOutputFilter(cue: "Assistant:", stops: ["STOP"])
        #expect(filter.push("Hello, wor") == "Hello, ")
        #expect(filter.push("ld") == "wo")
        #expect(filter.finish() == "rld")
    }

    /// Texts with calls between them: each is searched for itself.
    @Test func noStopReachesFromOneTextToAnother() {
        var generator = SeededGenerator(seed: 6)
        var cuts = 0
        for _ in 0..<3000 {
            var filter = TextOutputFilter(stops: ["aab", "ba"])
            var (passed, expected) = ("", "")
            for _ in 0..<4 {
                let text = String(
                    (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                        "abc".randomElement(using: &generator) ?? "a"
                    }
                )
                passed += filter.push(text)
                passed += filter.finish()
                let stop = ["aab", "ba"].compactMap { text.range(of: $0)?.lowerBound }.min()
                expected += text[..<(stop ?? text.endIndex)]
                if stop != nil {
                    cuts += 1
                    break
                }
            }
            #expect(passed == expected)
        }
        #expect(cuts > 500)
    }

    @Test func commandFinishReasons() async throws {
        let cases: [(JSON, JSON)] = [
            ("COMPLETE", "stop"), ("MAX_TOKENS", "length"), ("ERROR_TOXIC", "content_filter"), ("SOMETHING", "stop"),
            (nil, "stop"),
        ]
        for (reason, expected) in cases {
            let upstream: JSON = ["id": "i", "generations": [["id": "g", "text": " x ", "finish_reason": reason]]]
            let answer = try await TextModels.answer(
                [upstream],
                ["messages": [TextModels.user("x")]],
                TextModels.command
            )
            #expect(answer["choices"]?[0]?["finish_reason"] == expected)
            #expect(answer["usage"]?["total_tokens"] == 0)
        }
    }

    /// A cut is an end like any other, whatever the model went on to do.
    @Test func aCutEndsWithStop() async throws {
        let upstream: JSON = [
            "id": "i", "generations": [["id": "g", "text": "a\nUser: b", "finish_reason": "MAX_TOKENS"]],
        ]
        let answer = try await TextModels.answer([upstream], ["messages": [TextModels.user("x")]], TextModels.command)
        #expect(answer["choices"]?[0]?["finish_reason"] == "stop")
        #expect(answer["choices"]?[0]?["message"]?["content"] == "a")
    }

    @Test func titanWantsExactlyOneResult() async throws {
        for results: JSON in [[], [["outputText": "a"], ["outputText": "b"]]] {
            let upstream: JSON = ["inputTextTokenCount": 1, "results": results]
            let answer = try await TextModels.answer([upstream], ["messages": [TextModels.user("x")]], TextModels.titan)
            #expect(answer["error"]?["code"] == "500")
        }
    }

    @Test func titanTakesTheLastCountsOfAStream() async throws {
        let chunks: [JSON] = [
            ["outputText": "Hel", "inputTextTokenCount": 12, "totalOutputTextTokenCount": nil],
            ["outputText": "lo", "inputTextTokenCount": nil, "totalOutputTextTokenCount": 2],
            ["outputText": "", "totalOutputTextTokenCount": 5, "completionReason": "LENGTH"],
        ]
        let request: JSON = ["messages": [TextModels.user("x")], "stream": true]
        let answer = try await TextModels.answer(chunks, request, TextModels.titan)
        #expect(answer["usage"] == ["prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17])
        #expect(answer["choices"]?[0]?["finish_reason"] == "stop")
        #expect(answer["choices"]?[0]?["message"]?["content"] == "Hello")
    }

    @Test func anEmptyCompletionOfClaudeIsAChoiceWithoutContent() async throws {
        for stream in [true, false] {
            let request: JSON = ["messages": [TextModels.user("x")], "stream": .bool(stream)]
            let answer = try await TextModels.answer(
                [["completion": " \n", "stop_reason": "max_tokens"]],
                request,
                TextModels.claude2
            )
            #expect(answer["choices"]?[0]?["finish_reason"] == "length")
            #expect(answer["choices"]?[0]?["message"]?["content"]?.stringValue ?? "" == "")
            #expect(answer["usage"]?["completion_tokens"] == 0)
        }
    }

    @Test func claudeDropsWhiteSpaceAcrossChunks() async throws {
        let chunks: [JSON] = ["  ", "\n", " He", "llo ", "\n"].map { ["completion": .string($0)] }
        let request: JSON = ["messages": [TextModels.user("x")], "stream": true]
        let answer = try await TextModels.answer(chunks, request, TextModels.claude2)
        #expect(answer["choices"]?[0]?["message"]?["content"] == "Hello \n")
    }

    @Test func answersThatAreNone() async throws {
        for model in [TextModels.claude2, TextModels.titan, TextModels.command] {
            for upstream: JSON in [[:], [], "x", ["results": 5], ["generations": [["text": 1]]], ["completion": nil]] {
                let answer = try await TextModels.answer([upstream], ["messages": [TextModels.user("x")]], model)
                #expect(answer["error"]?["type"] == "internal_server_error", "\(model) \(upstream)")
            }
        }
    }
}
