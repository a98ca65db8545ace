/// A number as it is spelled: `1`, `1.0`, `1e999` and integers of any length stay as they were sent.
///
/// Equality compares spellings.
public struct JSONNumber: Sendable, Hashable {
    /// The text of the number, RFC 8259 section 6.
    public let spelling: String

    public init(_ value: Int) { spelling = String(value) }

    /// The shortest spelling that reads back as `value`, with a fraction or an exponent: `1.0`, `0.1`, `1e+20`.
    /// JSON has no NaN and no infinities: their spelling is `null`.
    public init(_ value: Double) { spelling = value.isFinite ? value.description : "null" }

    /// For spellings that are known to be numbers.
    init(checked spelling: String) { self.spelling = spelling }

    /// As Python prints it after reading it: `1.50` becomes `1.5`, `1e-7` becomes `1e-07`. A number beyond all doubles stays.
    public var pythonSpelling: String {
        if isIntegerSpelling { return spelling == "-0" ? "0" : spelling }
        let value = doubleValue
        guard value.isFinite else { return self == Self.nan ? "NaN" : spelling }
        // Python turns to exponents from here on, Swift somewhat earlier.
        if value.magnitude >= 0x1p53, value.magnitude < 1e16 { return "\(Int(value)).0" }
        return value.description
    }

    /// Nil when there is a fraction or an exponent, or when the number does not fit an `Int`.
    public var intValue: Int? { isIntegerSpelling ? Int(spelling) : nil }

    /// The nearest double; infinite when the number is beyond all doubles.
    public var doubleValue: Double { self == Self.nan ? .nan : Double(spelling) ?? .nan }

    /// A spelling of zero that nobody uses, in the place of Python's `NaN`: JSON has none. Written as `NaN`, which no service
    /// takes for a number.
    public static let nan = JSONNumber(checked: "-0e-99999999999999999999")

    /// Whether the number is spelled without fraction and exponent.
    public var isIntegerSpelling: Bool {
        spelling.utf8.allSatisfy { $0 == UInt8(ascii: "-") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
    }
}

extension JSONNumber: CustomStringConvertible, ExpressibleByIntegerLiteral {
    public var description: String { spelling }
    public init(integerLiteral value: Int) { self.init(value) }
}
