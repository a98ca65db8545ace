import JSON
import Testing

@testable import Tokenization

@Suite("Byte estimate")
struct ByteEstimateTests {
    @Test(arguments: [
        ("", 0), ("hi", 2), ("héllo", 6), ("😀", 4),
    ])
    func text(_ text: String, _ tokens: Int) {
        #expect(ByteEstimate.tokens(in: text) == tokens)
    }

    @Test func documentedExamples() throws {
        #expect(ByteEstimate.bytes(of: ["role": "user", "content": [["text": "hi"]]]) == 45)
        #expect(ByteEstimate.bytes(of: [["text": "é"]]) == 20)
        #expect(ByteEstimate.bytes(of: .null) == 4)
        #expect(ByteEstimate.bytes(of: ["😀\u{7F}\u{1}\n"]) == 2 + 2 + 12 + 6 + 6 + 2)
    }

    @Test(arguments: [
        "{}", "[]", "[1, 2.50, 1e5, true, false, null]", #"{"a": {"b": ["c", "\"\\/\b\f\n\r\t"]}}"#, #""é\u00ffĀ中😀""#,
    ])
    func asLongAsPythonsText(_ text: String) throws {
        let json = try JSON(parsing: text)
        #expect(ByteEstimate.bytes(of: json) == json.pythonSerialized().utf8.count)
    }

    @Test func blobs() {
        #expect(ByteEstimate.bytes(ofBlob: Array("it's a \"test\"\\\n\t\u{0}\u{7F}".utf8)) == 42)
        #expect(ByteEstimate.bytes(ofBlob: []) == 5)
        #expect(ByteEstimate.bytes(ofBlob: Array("it's".utf8)) == 7 + 4)
        #expect(ByteEstimate.bytes(ofBlob: [0x80, 0xFF, 0x0D]) == 5 + 5 + 5 + 3)
    }
}
