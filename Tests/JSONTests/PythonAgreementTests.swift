import Foundation
import JSON
import Testing

/// Compares with recorded answers of Python's `json` module (Tests/Fixtures/json/generate.py).
@Suite struct PythonAgreementTests {
    private func records(_ name: String) throws -> [[String: Any]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/json/\(name)"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    }

    @Test func errorsHaveTheSameReasonAndPlace() throws {
        let records = try records("python-errors.json")
        #expect(records.count == 600)
        for record in records {
            let text = try #require(record["text"] as? String)
            let error = try #require(throws: JSONParseError.self, "\(text.debugDescription)") {
                try JSON(parsing: text)
            }
            // Python reads lone surrogates and goes on.
            if error.kind == .loneSurrogate { continue }
            #expect(error.reason == record["reason"] as? String, "\(text.debugDescription)")
            #expect(error.offset == record["offset"] as? Int, "\(text.debugDescription)")
            #expect(error.kind == .syntax)
        }
    }

    @Test func dumpsAreTheSame() throws {
        let records = try records("python-dumps.json")
        #expect(records.count == 150)
        for record in records {
            let value = try JSON(parsing: try #require(record["text"] as? String))
            #expect(value.pythonSerialized() == record["ascii"] as? String)
            #expect(value.pythonSerialized(ensureASCII: false) == record["unicode"] as? String)
        }
    }

    @Test func everyKindOfCharacterIsDumpedAsPythonDoes() {
        let text = "\0\u{1F}\u{7F}\u{80}\"\\/\u{8}\u{C}\n\r\t é\u{2028}\u{FFFF}\u{10000}😀z"
        #expect(
            JSON.string(text).pythonSerialized()
                == "\"\\u0000\\u001f\\u007f\\u0080\\\"\\\\/\\b\\f\\n\\r\\t \\u00e9\\u2028\\uffff\\ud800\\udc00\\ud83d\\ude00z\""
        )
        #expect(
            JSON.string(text).pythonSerialized(ensureASCII: false)
                == "\"\\u0000\\u001f\u{7F}\u{80}\\\"\\\\/\\b\\f\\n\\r\\t é\u{2028}\u{FFFF}\u{10000}😀z\""
        )
    }

    @Test func separatorsAndSpellings() throws {
        let value = try JSON(parsing: #"{"a":[1E5,{}],"b":{"c":[],"d":null},"e":1.50}"#)
        #expect(value.pythonSerialized() == #"{"a": [100000.0, {}], "b": {"c": [], "d": null}, "e": 1.5}"#)
    }

    @Test(arguments: [
        ("1.50", "1.5"), ("1e-7", "1e-07"), ("1E2", "100.0"), ("-0", "0"), ("-0.0", "-0.0"), ("1e16", "1e+16"),
        ("9.5e15", "9500000000000000.0"),
        ("9568725589866304.0", "9568725589866304.0"), ("-9007199254740994.0", "-9007199254740994.0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ("0.1", "0.1"), ("1e999", "1e999"),
    ])
    func numbersAreSpelledAnew(_ spelling: String, _ python: String) throws {
        #expect(try JSON(parsing: "[\(spelling)]").pythonSerialized() == "[\(python)]")
    }
}
