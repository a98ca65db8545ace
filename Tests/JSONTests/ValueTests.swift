import JSON
import Testing

@Suite struct ValueTests {
    @Test func literalsAndAccessors() {
        let value: JSON = [
            "null": nil, "bool": true, "int": 7, "double": 1.5, "string": "text \(1)", "array": [1, "two"],
            "object": ["a": 1],
        ]
        #expect(value["null"]?.isNull == true)
        #expect(value["bool"]?.boolValue == true)
        #expect(value["int"]?.intValue == 7)
        #expect(value["int"]?.doubleValue == 7)
        #expect(value["double"]?.doubleValue == 1.5)
        #expect(value["double"]?.intValue == nil)
        #expect(value["string"]?.stringValue == "text 1")
        #expect(value["array"]?.arrayValue?.count == 2)
        #expect(value["array"]?[1]?.stringValue == "two")
        #expect(value["array"]?[2] == nil)
        #expect(value["array"]?[-1] == nil)
        #expect(value["object"]?.objectValue?.keys == ["a"])
        #expect(value["missing"] == nil)
        #expect(value["int"]?["a"] == nil)
        #expect(value[0] == nil)
        #expect(value["string"]?.boolValue == nil)
    }

    @Test func equalityIsExact() {
        #expect(JSON(1) != JSON(1.0))
        #expect(JSON.string("\u{E9}") != .string("e\u{301}"))
        #expect(["a": 1, "b": 2] as JSON != ["b": 2, "a": 1])
        #expect(Set<JSON>([1, 1, "1", nil, nil, [1], [1], ["a": 1], ["a": 1], true]).count == 6)
    }

    @Test func doublesBeyondJSONAreNull() {
        #expect(JSON(Double.nan) == .null)
        #expect(JSON(-Double.infinity) == .null)
        #expect(JSON(2.5) == 2.5)
    }
}

@Suite struct NumberTests {
    @Test(arguments: [
        "0", "-0", "7", "-12", "1.0", "0.10", "1e5", "1E+05", "-1.5e-300", "1e999", "123456789012345678901234567890",
    ])
    func numbersAreAccepted(spelling: String) throws {
        #expect(try JSON(parsing: spelling).numberValue?.spelling == spelling)
    }

    @Test(arguments: [
        "", "-", "+1", "01", "-01", ".5", "1.", "1.e5", "1e", "1e+", "0x1", "NaN", "Infinity", "1_0", "١",
    ])
    func othersAreNot(spelling: String) {
        #expect(throws: JSONParseError.self) { try JSON(parsing: spelling) }
    }

    @Test(arguments: [0.0, -0.0, 1, 0.1, -2.5, 1e16, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3])
    func doublesRoundTrip(value: Double) throws {
        let number = JSONNumber(value)
        #expect(number.doubleValue.bitPattern == value.bitPattern)
        #expect(try JSON(parsing: number.spelling) == .number(number))
        #expect(!number.isIntegerSpelling)
    }

    @Test func integers() throws {
        func number(_ spelling: String) throws -> JSONNumber? { try JSON(parsing: spelling).numberValue }
        #expect(JSONNumber(Int.min).spelling == "-9223372036854775808")
        #expect(try number("-9223372036854775808")?.intValue == .min)
        #expect(try number("9223372036854775807")?.intValue == .max)
        #expect(try number("9223372036854775808")?.intValue == nil)
        #expect(try number("9223372036854775808")?.isIntegerSpelling == true)
        #expect(try number("1.0")?.intValue == nil)
        #expect(try number("1e3")?.intValue == nil)
        #expect(JSONNumber(1.0).spelling == "1.0")
        #expect(try number("1e999")?.doubleValue == .infinity)
        #expect(try number("-1e999")?.doubleValue == -.infinity)
        #expect(JSONNumber(Double.nan).spelling == "null")
    }
}
