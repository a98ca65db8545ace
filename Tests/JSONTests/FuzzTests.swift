import Foundation
import JSON
import RandomTesting
import Testing

@Suite struct FuzzTests {
    private static let characters = [
        "a", "b\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "€", "😀", "\u{2028}", "e\u{301}", "u0041", " ", "{", "]",
        ":", ",",
        "a plain run of text that is longer than one block of sixty-four bytes, so to speak",
    ]
    private static let spellings = ["0", "-1", "1.50", "1E+5", "1e999", "123456789012345678901234567890", "-0"]

    private func text(_ generator: inout SeededGenerator) -> String {
        let pieces = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
            Self.characters.randomElement(using: &generator) ?? ""
        }
        return pieces.joined()
    }

    private func value(_ generator: inout SeededGenerator, depth: Int = 0) -> JSON {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 9), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2:
            return (try? JSON(parsing: Self.spellings.randomElement(using: &generator) ?? "0")) ?? .null
        case 3, 4: return .string(text(&generator))
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0..<5, using: &generator)).map { _ in value(&generator, depth: depth + 1) }
            )
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<5, using: &generator) {
                object[text(&generator)] = value(&generator, depth: depth + 1)
            }
            return .object(object)
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let structural = Array("{}[],:\"\\0-.eEtnu \n".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let byte =
                Bool.random(using: &generator)
                ? structural.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count: bytes[place] = byte
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
            default: bytes.insert(byte, at: place)
            }
        }
    }

    @Test func serializedValuesReadBack() throws {
        var generator = SeededGenerator(seed: 1)
        let document = JSONDocument()
        for _ in 0..<1000 {
            let value = value(&generator)
            let bytes = value.serialized()
            #expect(try JSON(parsing: bytes) == value)
            for ensureASCII in [true, false] {
                // Numbers are spelled anew, once.
                let text = value.pythonSerialized(ensureASCII: ensureASCII)
                #expect(try JSON(parsing: text).pythonSerialized(ensureASCII: ensureASCII) == text)
            }
            try document.parse(bytes)
            #expect(document.root.tree == value)
        }
    }

    @Test func mutatedDocumentsAreReadOrRefused() throws {
        var generator = SeededGenerator(seed: 2)
        let document = JSONDocument()
        var accepted = 0
        var refused = 0
        for _ in 0..<3000 {
            var bytes = value(&generator).serialized()
            mutate(&bytes, &generator)
            do {
                try document.parse(bytes)
                let tree = document.root.tree
                #expect(try JSON(parsing: tree.serialized()) == tree)
                accepted += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                #expect(!error.reason.isEmpty)
                #expect(document.root.kind == .null)
                refused += 1
            }
        }
        #expect(accepted > 100 && refused > 300)
    }

    /// Foundation reads some texts that RFC 8259 does not allow; what it refuses must be refused here, and what is
    /// accepted here it must read.
    @Test func whatIsAcceptedFoundationReadsToo() throws {
        var generator = SeededGenerator(seed: 3)
        var agreed = 0
        var refusedByBoth = 0
        for _ in 0..<3000 {
            var bytes = value(&generator).serialized()
            if Bool.random(using: &generator) { mutate(&bytes, &generator) }
            // Foundation has no number beyond a double.
            if String(decoding: bytes, as: UTF8.self).contains(/\d[eE]/) { continue }
            let isAccepted = (try? JSON(parsing: bytes)) != nil
            let isRead = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            if isAccepted { #expect(isRead, "\(String(decoding: bytes, as: UTF8.self).debugDescription)") }
            if isAccepted && isRead { agreed += 1 }
            if !isAccepted && !isRead { refusedByBoth += 1 }
        }
        #expect(agreed > 300 && refusedByBoth > 300)
    }
}
