import JSON
import Testing

@Suite struct ParsingTests {
    @Test func orderSpellingAndEscapesSurvive() throws {
        let numbers = "1e999,1.0,-0,1E+05,0.10,123456789012345678901234567890"
        let text = #"{"b":[\#(numbers)],"a":[true,false,null],"":"\u00e9\ud83d\ude00\n\/"}"#
        let value = try JSON(parsing: text)
        #expect(value.serializedString() == #"{"b":[\#(numbers)],"a":[true,false,null],"":"é😀\n/"}"#)
    }

    @Test func everyEscapeIsRead() throws {
        let value = try JSON(parsing: #""\"\\\/\b\f\n\r\t\u0000\u007f\u00E9\u20ac\uD83D\uDE00 end""#)
        #expect(value == .string("\"\\/\u{8}\u{C}\n\r\t\0\u{7F}é€😀 end"))
    }

    @Test(arguments: ["null", " [ ] ", "\t{\n}\r", "\"\"", "0", "-0.0e-0", "[[[]],{\"\":{}}]"])
    func smallDocuments(text: String) throws {
        let compact = text.filter { !$0.isWhitespace }
        #expect(try JSON(parsing: text).serializedString() == compact)
    }

    @Test func allFormsOfInputAreTheSame() throws {
        let bytes = Array(#"xx{"a":[1,2]}yy"#.utf8)
        let expected: JSON = ["a": [1, 2]]
        #expect(try JSON(parsing: bytes[2..<13]) == expected)
        #expect(try JSON(parsing: Array(bytes[2..<13])) == expected)
        #expect(try bytes[2..<13].withUnsafeBytes { try JSON(parsing: $0) } == expected)
        let text = String(decoding: bytes[2..<13], as: UTF8.self)
        #expect(try JSON(parsing: text) == expected)
        // In pieces.
        #expect(try JSON(parsing: [[UInt8]](bytes[2..<13].map { [$0] }).joined()) == expected)
        #expect(throws: JSONParseError(reason: "Expecting value", offset: 0)) { try JSON(parsing: [UInt8]()) }
    }

    /// Tokens at every distance from the 64-byte blocks that the text is read in.
    @Test func blockBoundariesDoNotMatter() throws {
        for length in 0..<200 {
            let filler = String(repeating: "x", count: length)
            for tail in [#"\n""#, #"\\""#, #"\ud83d\ude00""#, #"é""#, #"""#] {
                let text = "[\"\(filler)\(tail) , -1.5e3 ,true]"
                let value = try JSON(parsing: text)
                #expect(value[0] == (try JSON(parsing: "\"\(filler)\(tail)")))
                #expect(value[0]?.stringValue?.hasPrefix(filler) == true)
                #expect(value[1]?.numberValue?.spelling == "-1.5e3")
                #expect(value[2] == true)
            }
        }
    }

    @Test func theLastDuplicateWinsAtTheFirstPlace() throws {
        let value = try JSON(parsing: #"{"a":1,"b":2,"a":3,"\u0061":4}"#)
        #expect(value.serializedString() == #"{"a":4,"b":2}"#)
    }

    @Test func manyKeysTakeLinearTime() throws {
        var text = "{"
        for number in 0..<40_000 { text += "\"key \(number % 20_000)\":\(number)," }
        text += "\"last\":0}"
        let clock = ContinuousClock()
        var value = JSON.null
        let duration = try clock.measure { value = try JSON(parsing: text) }
        #expect(value.objectValue?.count == 20_001)
        #expect(value["key 7"]?.intValue == 20_007)
        // 20 000 keys compared with each other would take many times as long.
        #expect(duration < .seconds(3))
    }

    @Test func canonicallyEquivalentKeysAreTwo() throws {
        let value = try JSON(parsing: #"{"é":1,"e\u0301":2}"#)
        #expect(value.objectValue?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }
}
