import JSON
import Testing

@testable import Adapters

/// What can be read of the input of a call that was cut off.
struct CutJSONTests {
    @Test(arguments: [
        (#"{"days": [1, 2, {"x": tr"#, #"{"days":[1,2,{}]}"#), (#"{"a": "b", "c": "un"#, #"{"a":"b"}"#),
        (#"{"a": "b", "c"#, #"{"a":"b"}"#), (#"{"a": 1} trailing"#, #"{"a":1}"#),
        (#"{"a": {"b": [null, "x\"y"], "#, #"{"a":{"b":[null,"x\"y"]}}"#),
        ("{", "{}"), ("[", "[]"), (#"{"a": -"#, "{}"), (#"{"a":"\"#, "{}"),
    ])
    func whatIsCompleteOfCutJSONStays(_ text: String, _ expected: String) throws {
        #expect(CutJSON.read(text)?.serializedString() == expected)
    }

    @Test func everyPrefixCanBeRead() {
        let text = #"{"a": [1, {"b": "x\u00e9"}, true], "c": {"d": null}}"#
        for length in 1...text.count { #expect(CutJSON.read(String(text.prefix(length))) != nil) }
        #expect(CutJSON.read("nonsense") == nil)
        _ = CutJSON.read(String(repeating: "[", count: 100_000))
    }
}
