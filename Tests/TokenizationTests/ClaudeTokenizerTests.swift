import AWS
import Foundation
import JSON
import Testing

@testable import Tokenization

@Suite struct ClaudeTokenizerTests {
    let tokenizer = ClaudeTokenizer.shared

    static let vectors: [TokenizerVector] = {
        let document = try? JSON(parsing: [UInt8](Fixture.data("claude2-tokenizer/vectors.json")))
        return (document?["vectors"]?.arrayValue ?? []).map(TokenizerVector.init)
    }()

    @Test func vectorsAreThere() {
        #expect(Self.vectors.count == 40)
    }

    @Test(arguments: vectors) func vector(_ vector: TokenizerVector) throws {
        let text = vector.text
        let ids = tokenizer.encode(text)
        #expect(ids.count == vector.json["count"]?.intValue)
        #expect(tokenizer.count(text) == ids.count)
        if let expected = vector.json["ids"]?.arrayValue {
            #expect(ids == expected.compactMap(\.intValue))
        } else {
            #expect(try digest(text) == vector.json["sha256"]?.stringValue, "the generator differs")
            #expect(try digest(ids.map(String.init).joined(separator: ",")) == vector.json["ids_sha256"]?.stringValue)
        }
    }

    /// The reference library's answers for 10,000 strings, a hundred in a batch.
    @Test func generatedTexts() throws {
        let document = try JSON(parsing: [UInt8](Fixture.data("claude2-tokenizer/generated.json")))
        let size = try #require(document["batch_size"]?.intValue)
        let batches = try #require(document["batches"]?.arrayValue)
        #expect(batches.count * size == GeneratedTexts.count)
        for (number, batch) in batches.enumerated() {
            let texts = (number * size..<(number + 1) * size).map(GeneratedTexts.text)
            let ids = texts.map(tokenizer.encode)
            #expect(
                try digest(texts.joined()) == batch["texts_sha256"]?.stringValue,
                "batch \(number): the generators differ"
            )
            let lines = ids.map { $0.map(String.init).joined(separator: ",") + "\n" }.joined()
            #expect(try digest(lines) == batch["ids_sha256"]?.stringValue, "batch \(number)")
            #expect(ids.reduce(0) { $0 + $1.count } == batch["count"]?.intValue, "batch \(number)")
        }
    }

    /// The queue of pairs and the scan of all pairs are two ways to the same result.
    @Test func longAndShortWordsAgree() {
        for length in [1, 47, 48, 49, 50, 200] {
            let word = String((0..<length).map { Character(UnicodeScalar(UInt8(97 + $0 * 7 % 26))) })
            let whole = tokenizer.encode(word)
            #expect(whole.count == TokenizerModel.merge(word))
        }
    }

    private func digest(_ text: String) throws -> String {
        try SHA256.hexDigest(of: Array(text.utf8))
    }
}

struct TokenizerVector: Sendable, CustomTestStringConvertible {
    let json: JSON

    var testDescription: String { json["name"]?.stringValue ?? "?" }

    var text: String {
        if let text = json["text"]?.stringValue { return text }
        guard let generator = json["generator"] else { return "" }
        if let unit = generator["unit"]?.stringValue, let times = generator["times"]?.intValue {
            return String(repeating: unit, count: times)
        }
        let alphabet = Array((generator["alphabet"]?.stringValue ?? "?").unicodeScalars)
        var state = UInt64(generator["lcg_seed"]?.intValue ?? 0)
        var text = ""
        for _ in 0..<(generator["length"]?.intValue ?? 0) {
            state = (1_103_515_245 * state + 12345) % (1 << 31)
            text.unicodeScalars.append(alphabet[Int(state >> 16) % alphabet.count])
        }
        return text
    }
}

extension ClaudeTokenizer {
    /// The ids of the tokens.
    fileprivate func encode(_ text: String) -> [Int] {
        tokens(in: text).map(Int.init)
    }
}

/// The plainest way to merge: look for the best pair, merge it, start again.
enum TokenizerModel {
    static func merge(_ word: String) -> Int {
        let data = ClaudeTokenizer.shared.data
        var parts = word.utf8.map { UInt32(data.byteTokens[Int($0)]) }
        while true {
            let pairs = zip(parts, parts.dropFirst()).map { data.merge($0, $1) }
            guard let best = pairs.min(), best != ClaudeTokenizerData.none, let index = pairs.firstIndex(of: best)
            else { break }
            parts.replaceSubrange(index...index + 1, with: [best])
        }
        return parts.count
    }
}

enum Fixture {
    static func data(_ name: String, file: String = #filePath) throws -> Data {
        let tests = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: tests.appendingPathComponent("Fixtures").appendingPathComponent(name))
    }
}
