import JSON
import Testing

extension JSON {
    /// Whether both mean the same: members in any order, numbers compared by value (`1`, `1.0` and `10e-1` are one).
    func isEquivalent(to other: JSON) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            left.isEquivalent(to: right)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { member in right[member.key]?.isEquivalent(to: member.value) ?? false }
        default:
            self == other
        }
    }
}

extension JSONNumber {
    /// Integers are compared exactly, all others as doubles.
    fileprivate func isEquivalent(to other: JSONNumber) -> Bool {
        if self == other { return true }
        if isIntegerSpelling, other.isIntegerSpelling { return false }
        return doubleValue.isFinite && doubleValue == other.doubleValue
    }
}

@Suite struct JSONEquivalenceTests {
    @Test func orderAndSpellingDoNotMatter() throws {
        let left = try JSON(parsing: #"{"a":[1.0,{"x":null,"y":"z"}],"b":10}"#)
        let right = try JSON(parsing: #"{"b":1e1,"a":[1,{"y":"z","x":null}]}"#)
        #expect(left != right)
        #expect(left.isEquivalent(to: right))
        #expect(!left.isEquivalent(to: try JSON(parsing: #"{"b":1e1,"a":[{"y":"z","x":null},1]}"#)))
        #expect(!left.isEquivalent(to: try JSON(parsing: #"{"b":1e1}"#)))
        #expect(!(["a": 1] as JSON).isEquivalent(to: ["b": 1]))
    }

    @Test(arguments: [
        ("1", "1.0", true), ("1", "10e-1", true), ("0", "-0.0e9", true), ("100", "1E2", true), ("0.001", "1e-3", true),
        ("1", "-1", false), ("1e999", "1e998", false), ("9007199254740993", "9007199254740992", false),
        ("1e99999999999999999999", "1e99999999999999999998", false), ("12", "120", false),
        ("10e9223372036854775807", "1e1", false),
    ])
    func valuesAreCompared(left: String, right: String, areEquivalent: Bool) throws {
        let left = try JSON(parsing: left)
        let right = try JSON(parsing: right)
        #expect(left.isEquivalent(to: right) == areEquivalent)
        #expect(right.isEquivalent(to: left) == areEquivalent)
    }
}
