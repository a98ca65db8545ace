/// Appends JSON text to a growing byte buffer and sets the commas itself.
///
/// Keys and values must be written in a sensible order; the writer does not check that containers are balanced. Bytes
/// that frame a document (such as `data: ` and line ends) may be appended to ``bytes`` directly between two documents.
/// No text that it writes holds a raw line end or another control character below U+0020.
public struct JSONWriter: Sendable {
    /// UTF-8, all that was written since the start or `take()`.
    public var bytes: [UInt8] = []
    private var needsComma = false
    private var depth = 0

    public init() {}

    /// - Parameter capacity: bytes to have room for at once; the text may get longer.
    public init(reservingCapacity capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Hands over the text and starts a new one.
    public mutating func take() -> [UInt8] {
        defer { self = JSONWriter() }
        return bytes
    }

    /// A key comes before each value until `endObject()`.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// - Parameter key: without characters to escape.
    public mutating func key(_ key: StaticString) {
        let text = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        assert(text.firstToEscape(from: 0) == text.count)
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Escapes what must be; for keys that are no literals.
    @_disfavoredOverload
    public mutating func key(_ key: String) {
        separate()
        JSONWriter.appendQuoted(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// With quotes, escaped as ``appendQuoted(_:to:)`` does.
    public mutating func string(_ value: String) {
        separate()
        JSONWriter.appendQuoted(value, to: &bytes)
    }

    public mutating func number(_ value: Int) {
        separate()
        bytes.appendDigits(of: value)
    }

    /// The shortest spelling that reads back as `value`; JSON has no NaN and no infinities, they become `null`.
    public mutating func number(_ value: Double) { number(JSONNumber(value)) }

    /// In the number's own spelling.
    public mutating func number(_ value: JSONNumber) {
        separate()
        bytes.append(contentsOf: (value == .nan ? "NaN" : value.spelling).utf8)
    }

    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// A whole tree; numbers keep their spelling, members their order.
    public mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            object(members)
        }
    }

    /// The members in their order, with the braces.
    public mutating func object(_ members: JSONObject) {
        beginObject()
        for (key, value) in members {
            self.key(key)
            self.value(value)
        }
        endObject()
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
        depth += 1
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        depth -= 1
        needsComma = depth > 0
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = depth > 0
    }
}

extension [UInt8] {
    fileprivate mutating func appendDigits(of value: Int) {
        var remaining = value.magnitude
        // The longest Int has a sign and 19 digits.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remaining % 10)
                remaining /= 10
            } while remaining > 0
            if value < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }
}
