import JSON
import Testing

@Suite struct ParsingTests {
    @Test func orderSpellingAndEscapesSurvive() throws {
        let text = #"{"b":1e999,"a":[1.0,-0,123456789012345678901234567890,true,false,null],"":"\u00e9\ud83d\ude00\n\/"}"#
        let value = try JSON(parsing: text)
        #expect(
            value.serializedString()
                == #"{"b":1e999,"a":[1.0,-0,123456789012345678901234567890,true,false,null],"":"é😀\n/"}"#)
        #expect(value["a"]?[5]?.isNull == true)
        #expect(value["a"]?[1]?.intValue == 0)
        #expect(value["b"]?.doubleValue == .infinity)
    }

    @Test(arguments: [
        ("", "Expecting value", 0),
        ("[1,]", "Expecting value", 3),
        (#"{"messages": [],}"#, "Expecting property name enclosed in double quotes", 16),
        (#"{"messages": ["#, "Expecting value", 14),
        ("1 2", "Extra data", 2),
        ("01", "Extra data", 1),
        ("[1 2]", "Expecting ',' delimiter", 3),
        (#"{"a" 1}"#, "Expecting ':' delimiter", 5),
        (#""abc"#, "Unterminated string starting at", 0),
        (#""\x""#, #"Invalid \escape"#, 1),
        (#""\u12G4""#, #"Invalid \uXXXX escape"#, 2),
        ("\"a\nb\"", "Invalid control character at", 2),
        ("NaN", "Expecting value", 0),
        ("[-Infinity]", "Expecting value", 1),
    ])
    func defectsAreWordedAsPythonDoes(text: String, reason: String, offset: Int) {
        #expect(throws: JSONParseError(reason: reason, offset: offset)) { try JSON(parsing: text) }
    }
}
