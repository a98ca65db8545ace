import JSON

/// Holds the body of a model against a shape, in the words of the JSON Schema validator that InvokeModel uses.
///
/// One violation is told with its place, several by their number.
struct BodyCheck {
    private var violations: [String] = []

    /// Throws the error that AWS would answer with, if there is one.
    static func check(_ body: JSON, against shape: Shape) throws(AWSError) {
        var check = BodyCheck()
        check.visit(body, shape, at: "#")
        guard let first = check.violations.first else { return }
        let reason = check.violations.count == 1 ? first : "\(check.violations.count) schema violations found"
        throw .malformed(reason)
    }

    private mutating func visit(_ value: JSON, _ shape: Shape, at place: String) {
        switch (shape, value) {
        case (.document, _), (.boolean, .bool), (.blob, .string): return
        case (.structure(let members), .object(let object)), (.union(let members), .object(let object)):
            visit(object, members, at: place)
        case (.map(_, let element, _), .object(let object)):
            for (key, value) in object { visit(value, element, at: "\(place)/\(key)") }
        case (.list(let element, let range), .array(let values)):
            if values.count < range.lowerBound {
                violate(place, "expected minimum item count: \(range.lowerBound), found: \(values.count)")
            } else if values.count > range.upperBound {
                violate(place, "expected maximum item count: \(range.upperBound), found: \(values.count)")
            }
            for (index, value) in values.enumerated() { visit(value, element, at: "\(place)/\(index)") }
        case (.text(let rule), .string(let text)): check(text, rule, at: place)
        case (.integer(let range), .number(let number)):
            guard let integer = number.intValue else {
                return violate(place, "expected type: Integer, found: Double")
            }
            check(Double(integer), Double(range.lowerBound)...Double(range.upperBound), number, at: place)
        case (.number(let range), .number(let number)): check(number.doubleValue, range, number, at: place)
        default: violate(place, "expected type: \(Self.name(of: shape)), found: \(Self.name(of: value))")
        }
    }

    private mutating func visit(_ object: JSONObject, _ members: [Shape.Member], at place: String) {
        for member in members where member.isRequired && object[member.name] == nil {
            violate(place, "required key [\(member.name)] not found")
        }
        for (key, value) in object {
            if let member = members.first(where: { $0.name == key }) {
                visit(value, member.shape, at: "\(place)/\(key)")
            } else {
                violate(place, "extraneous key [\(key)] is not permitted")
            }
        }
    }

    private mutating func check(_ text: String, _ rule: TextRule, at place: String) {
        if let values = rule.values, !values.contains(where: text.hasSameBytes) {
            violate(place, "\(text) is not a valid enum value")
        }
        if let pattern = rule.pattern, !pattern.matches(text) {
            violate(place, "string [\(text)] does not match pattern \(pattern.spelling)")
        }
        let count = text.unicodeScalars.count
        if count < rule.length.lowerBound {
            violate(place, "expected minLength: \(rule.length.lowerBound), actual: \(count)")
        } else if count > rule.length.upperBound {
            violate(place, "expected maxLength: \(rule.length.upperBound), actual: \(count)")
        }
    }

    private mutating func check(
        _ value: Double,
        _ range: ClosedRange<Double>,
        _ number: JSONNumber,
        at place: String
    ) {
        if value < range.lowerBound {
            violate(place, "\(number.spelling) is not greater or equal to \(Self.spelling(range.lowerBound))")
        } else if value > range.upperBound {
            violate(place, "\(number.spelling) is not less or equal to \(Self.spelling(range.upperBound))")
        }
    }

    private mutating func violate(_ place: String, _ reason: String) { violations.append("\(place): \(reason)") }

    /// Limits are whole numbers mostly.
    private static func spelling(_ limit: Double) -> String {
        limit == limit.rounded() && abs(limit) < 1e15 ? String(Int(limit)) : String(limit)
    }

    private static func name(of shape: Shape) -> String {
        switch shape {
        case .structure, .union, .map: "JSONObject"
        case .list: "JSONArray"
        case .text, .blob: "String"
        case .integer: "Integer"
        case .number: "Number"
        case .boolean: "Boolean"
        case .document: "Object"
        }
    }

    private static func name(of value: JSON) -> String {
        switch value {
        case .null: "Null"
        case .bool: "Boolean"
        case .number(let number): number.isIntegerSpelling ? "Integer" : "BigDecimal"
        case .string: "String"
        case .array: "JSONArray"
        case .object: "JSONObject"
        }
    }
}

extension AWSError {
    /// A body that is not what the model takes.
    static func malformed(_ reason: String) -> AWSError {
        .validation("Malformed input request: \(reason), please reformat your input and try again.")
    }
}

extension TextRule {
    static func oneOf(_ values: String...) -> TextRule { TextRule(values: values) }
    static func length(_ range: ClosedRange<Int>) -> TextRule { TextRule(length: range) }
}
