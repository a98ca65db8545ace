import JSON

/// The form that Anthropic's API wants a JSON value to have.
indirect enum FieldRule: Sendable {
    /// Exactly these members.
    case object([Field])
    /// An object whose `type` says which members it has besides; without a `type` it is `fallback`.
    case tagged([(tag: String, fields: [Field])], fallback: String? = nil)
    case list(FieldRule)
    /// A string, or else the other form.
    case textOr(FieldRule)
    case text(minimum: Int = 0, pattern: NamePattern? = nil)
    /// One of these strings.
    case choice([String])
    case integer(minimum: Int)
    case number(ClosedRange<Double>)
    case boolean
    /// Any object.
    case dictionary
    /// Anything at all.
    case anything

    struct Field: Sendable {
        var name: String
        var rule: FieldRule
        var isRequired = false
        /// Whether null stands for absence.
        var takesNull = false

        init(_ name: String, _ rule: FieldRule, required: Bool = false, null: Bool = false) {
            self.name = name
            self.rule = rule
            isRequired = required
            takesNull = null
        }
    }

    /// ASCII letters, digits, `_` and `-`, up to a length.
    struct NamePattern: Sendable {
        var longest: Int?

        var spelling: String { "^[a-zA-Z0-9_-]" + (longest.map { "{1,\($0)}" } ?? "+") + "$" }

        func matches(_ text: String) -> Bool {
            let count = text.utf8.count
            return count > 0 && count <= longest ?? .max
                && text.utf8.allSatisfy {
                    ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                }
        }
    }
}

extension FieldRule {
    /// Throws the refusal of the first value that has not the form.
    /// - Parameter path: where the value is, as the service spells it; empty for the whole body.
    func check(_ value: JSON, at path: String = "") throws(AnthropicError) {
        switch self {
        case .anything: return
        case .object(let fields):
            guard case .object(let object) = value else { throw Self.wrong(path, "an object") }
            try Self.check(object, fields, path)
        case .tagged(let variants, let fallback):
            guard case .object(let object) = value else { throw Self.wrong(path, "an object") }
            try Self.check(object, variants, fallback, path)
        case .list(let element):
            guard case .array(let values) = value else { throw Self.wrong(path, "a valid list") }
            for (index, value) in values.enumerated() { try element.check(value, at: Self.join(path, "\(index)")) }
        case .textOr(let other):
            if case .string = value { return }
            guard case .array = value else { throw Self.wrong(path, "a valid string") }
            try other.check(value, at: path)
        case .dictionary:
            guard case .object = value else { throw Self.wrong(path, "a valid dictionary") }
        case .boolean:
            guard case .bool = value else { throw Self.wrong(path, "a valid boolean") }
        default: try checkScalar(value, path)
        }
    }

    private func checkScalar(_ value: JSON, _ path: String) throws(AnthropicError) {
        switch self {
        case .text(let minimum, let pattern):
            guard case .string(let text) = value else { throw Self.wrong(path, "a valid string") }
            guard text.utf8.count >= minimum else {
                throw .invalid("\(path): String should have at least \(minimum) character\(minimum == 1 ? "" : "s")")
            }
            if let pattern, !pattern.matches(text) {
                throw .invalid("\(path): String should match pattern '\(pattern.spelling)'")
            }
        case .choice(let values):
            guard let text = value.stringValue, values.contains(where: text.hasSameBytes) else {
                throw Self.wrong(path, Self.oneOf(values))
            }
        case .integer(let minimum):
            guard let number = value.intValue else { throw Self.wrong(path, "a valid integer") }
            guard number >= minimum else { throw Self.wrong(path, "greater than or equal to \(minimum)") }
        case .number(let range):
            guard let number = value.doubleValue else { throw Self.wrong(path, "a valid number") }
            guard number >= range.lowerBound else {
                throw Self.wrong(path, "greater than or equal to \(Int(range.lowerBound))")
            }
            guard number <= range.upperBound else {
                throw Self.wrong(path, "less than or equal to \(Int(range.upperBound))")
            }
        default: return
        }
    }

    private static func check(_ object: JSONObject, _ fields: [Field], _ path: String) throws(AnthropicError) {
        for field in fields {
            guard let value = object[field.name] else {
                if field.isRequired { throw .invalid("\(join(path, field.name)): Field required") }
                continue
            }
            if value.isNull, field.takesNull { continue }
            try field.rule.check(value, at: join(path, field.name))
        }
        for key in object.keys where !fields.contains(where: { $0.name == key }) {
            throw .invalid("\(join(path, key)): Extra inputs are not permitted")
        }
    }

    private static func check(
        _ object: JSONObject,
        _ variants: [(tag: String, fields: [Field])],
        _ fallback: String?,
        _ path: String
    ) throws(AnthropicError) {
        let type = object["type"] ?? fallback.map(JSON.string)
        guard let type else { throw .invalid("\(join(path, "type")): Field required") }
        // Null stands for absence where absence is allowed.
        guard let tag = type.stringValue ?? (type.isNull ? fallback : nil) else {
            throw wrong(join(path, "type"), "a valid string")
        }
        guard let variant = variants.first(where: { $0.tag == tag }) else {
            let known = variants.map { "'\($0.tag)'" }.joined(separator: ", ")
            throw .invalid(
                "\(path): Input tag '\(tag)' found using 'type' does not match any of the expected tags: \(known)"
            )
        }
        try check(object, [Field("type", .anything)] + variant.fields, join(path, tag))
    }

    private static func join(_ path: String, _ step: String) -> String { path.isEmpty ? step : path + "." + step }

    private static func wrong(_ path: String, _ expectation: String) -> AnthropicError {
        .invalid((path.isEmpty ? "" : path + ": ") + "Input should be " + expectation)
    }

    private static func oneOf(_ values: [String]) -> String {
        let quoted = values.map { "'\($0)'" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}
