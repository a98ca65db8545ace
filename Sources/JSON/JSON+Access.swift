extension JSON {
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Nil for anything but `true` and `false`: 0 and 1 are numbers.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value of a number spelled without fraction and exponent that fits an `Int`: `1`, but not `1.0`.
    public var intValue: Int? {
        if case .number(let value) = self { value.intValue } else { nil }
    }

    /// The nearest double to any number; infinite for numbers such as `1e999`.
    public var doubleValue: Double? {
        if case .number(let value) = self { value.doubleValue } else { nil }
    }

    /// Nil for other values, numerals in strings included.
    public var numberValue: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// Without escapes; nil for other values.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// A string that may be a word, see `String.word`.
    public var wordValue: String? { stringValue?.word }

    /// Nil for other values.
    public var arrayValue: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// Nil for other values.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of an object; nil when there is none or this is no object.
    public subscript(key: String) -> JSON? {
        if case .object(let value) = self { value[key] } else { nil }
    }

    /// The element of an array; nil out of its bounds or when this is no array.
    public subscript(index: Int) -> JSON? {
        guard case .array(let value) = self, value.indices.contains(index) else { return nil }
        return value[index]
    }
}
