import JSON
import Testing

@Suite struct ParseErrorTests {
    @Test(arguments: [
        ("", "Expecting value", 0),
        (" \n", "Expecting value", 2),
        ("[1,]", "Expecting value", 3),
        (#"{"messages": [],}"#, "Expecting property name enclosed in double quotes", 16),
        (#"{"messages": ["#, "Expecting value", 14),
        ("1 2", "Extra data", 2),
        ("[]]", "Extra data", 2),
        ("01", "Extra data", 1),
        ("1.", "Extra data", 1),
        ("-", "Expecting value", 0),
        ("+1", "Expecting value", 0),
        ("nul", "Expecting value", 0),
        ("truee", "Extra data", 4),
        ("'a'", "Expecting value", 0),
        ("[1 2]", "Expecting ',' delimiter", 3),
        ("[1}", "Expecting ',' delimiter", 2),
        (#"{"a" 1}"#, "Expecting ':' delimiter", 5),
        (#"{a:1}"#, "Expecting property name enclosed in double quotes", 1),
        (#"{"a":1 "b":2}"#, "Expecting ',' delimiter", 7),
        (#""abc"#, "Unterminated string starting at", 0),
        (#"["\"#, "Unterminated string starting at", 1),
        (#""\x""#, #"Invalid \escape"#, 1),
        (#""\u12G4""#, #"Invalid \uXXXX escape"#, 2),
        ("\"a\nb\"", "Invalid control character at", 2),
        ("[\"é\u{1}\"]", "Invalid control character at", 4),
        ("1\0", "Extra data", 1),
        ("[\u{C}1]", "Expecting value", 1),
        ("[NaN,]", "Expecting value", 5),
        ("Infinityy", "Extra data", 8),
    ])
    func defectsAreNamed(text: String, reason: String, offset: Int) {
        #expect(throws: JSONParseError(reason: reason, offset: offset)) { try JSON(parsing: text) }
    }

    /// Python reads and writes them; requests may have them, nothing else.
    @Test(arguments: [
        ("NaN", 0, "NaN"), ("[-Infinity]", 1, "[-1e999]"),
        (#"{"Na\"N":[1,"NaN",NaN,Infinity]}"#, 18, #"{"Na\"N":[1,"NaN",NaN,1e999]}"#),
        (#"["\ud800",NaN]"#, 2, "[\"\u{FFFD}\",NaN]"),
    ])
    func nonFiniteNumbers(_ text: String, _ offset: Int, _ mended: String) throws {
        let error = try #require(throws: JSONParseError.self) { try JSON(parsing: text) }
        #expect(error.kind == (text.contains("ud800") ? .loneSurrogate : .nonFiniteNumber) && error.offset == offset)
        #expect(throws: JSONParseError.self) { try JSON(mending: text.utf8) }
        let value = try JSON(mendingPython: text.utf8)
        #expect(String(decoding: value.serialized(), as: UTF8.self) == mended)
        #expect(JSONNumber.nan.doubleValue.isNaN)
    }

    @Test(arguments: [
        (#"["\ud800"]"#, 2), (#""a\uDFFF""#, 2), (#""\ud83d\u0041""#, 1), (#""\ud83dx""#, 1),
        (#"{"\udc00\ud800":1}"#, 2),
    ])
    func loneSurrogatesAreRefused(text: String, offset: Int) throws {
        let error = try #require(throws: JSONParseError.self) { try JSON(parsing: text) }
        #expect(error.kind == .loneSurrogate)
        #expect(error.offset == offset)
        #expect(error.reason.lowercased().contains(#"surrogate \ud"#))
    }

    @Test(
        arguments: [
            ([0xFF], 1), ([0xC3], 1), ([0xC0, 0x80], 1), ([0xED, 0xA0, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 1),
            ([0x61, 0xE2, 0x82], 2), ([0x80], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 1),
        ] as [([UInt8], Int)]
    )
    func invalidUTF8IsRefused(content: [UInt8], offset: Int) throws {
        let error = try #require(throws: JSONParseError.self) { try JSON(parsing: [0x22] + content + [0x22]) }
        #expect(error.kind == .invalidUTF8)
        #expect(error.offset == offset)
    }

    @Test func aByteOrderMarkIsRefused() throws {
        let error = try #require(throws: JSONParseError.self) { try JSON(parsing: [0xEF, 0xBB, 0xBF, 0x31]) }
        #expect(error.kind == .syntax)
        #expect(error.offset == 0)
        #expect(error.reason.hasPrefix("Unexpected UTF-8 BOM"))
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depthIsBounded(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        #expect(throws: Never.self) { try JSON(parsing: nested(128)) }
        let error = try #require(throws: JSONParseError.self) { try JSON(parsing: nested(129)) }
        #expect(error.kind == .tooDeep)
        #expect(error.offset == 128 * open.utf8.count)
        #expect(error.reason.contains("128"))
        // What stands beside each other is not nested.
        #expect(throws: Never.self) { try JSON(parsing: "[\(nested(127)),\(nested(127))]") }
        #expect(throws: JSONParseError.self) { try JSON(parsing: "[\(nested(127)),\(nested(128))]") }
        #expect(throws: JSONParseError.self) { try JSON(parsing: nested(513)) }
    }

    /// Two million brackets, commas, colons and values; what stands in strings does not count.
    @Test func tokensAreBounded() throws {
        let atLimit = "[" + String(repeating: "1,", count: 999_998) + "\"[,:{\"]"
        #expect(throws: Never.self) { try JSONDocument().parse(Array(atLimit.utf8)) }
        let error = try #require(throws: JSONParseError.self) { try JSON(parsing: "[" + atLimit + ",1]") }
        #expect(error.kind == .tooLarge && error.reason.contains("2000000"))
    }

    @Test func hostileNestingIsCheap() throws {
        let error = try #require(throws: JSONParseError.self) {
            try JSON(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 200_000))
        }
        #expect(error.kind == .tooDeep)
    }
}
