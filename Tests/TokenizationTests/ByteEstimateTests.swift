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
        "{}", "[]", "[1, 2.5, -0.0, 1e+20, 1e-07, true, false, null]", #"{"a": {"b": ["c", "\"\\/\b\f\n\r\t"]}}"#,
        #""é\u00ffĀ中😀""#,
    ])
    func asLongAsPythonsText(_ text: String) throws {
        let json = try JSON(parsing: text)
        #expect(ByteEstimate.bytes(of: json) == json.pythonSerialized().utf8.count)
    }

    /// Lengths of what Python 3.11 prints for these.
    @Test(arguments: [
        ("1.50", 3), ("1e5", 8), ("1E-7", 5), ("0.0001", 6), ("-0", 1), ("-0.0", 4), ("1e999", 8), ("-1e999", 9),
        ("1e16", 5),
        ("123456789012345678901234567890", 30), ("9007199254740993.0", 18), ("0.1", 3), ("1234567890123456.7", 18),
    ])
    func numbers(_ spelling: String, _ length: Int) throws {
        #expect(ByteEstimate.bytes(of: try JSON(parsing: spelling)) == length)
    }

    @Test func blobs() {
        #expect(ByteEstimate.bytes(ofBlob: Array("it's a \"test\"\\\n\t\u{0}\u{7F}".utf8)) == 42)
        #expect(ByteEstimate.bytes(ofBlob: []) == 5)
        #expect(ByteEstimate.bytes(ofBlob: Array("it's".utf8)) == 7 + 4)
        #expect(ByteEstimate.bytes(ofBlob: [0x80, 0xFF, 0x0D]) == 5 + 5 + 5 + 3)
    }
}
